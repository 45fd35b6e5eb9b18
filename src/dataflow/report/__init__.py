"""Reports of a run: terminal, Allure, CI summary, JUnit."""
