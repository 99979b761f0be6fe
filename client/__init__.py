"""SaiJian (赛鉴): records a contest session and proves afterwards that nothing was cut."""

__version__ = "0.1.0"
