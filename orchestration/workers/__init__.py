"""What the processes load in which single steps are worked on, before their first step.

``preload`` is imported by the server that forks the steps of the multiprocess executor,
``celery_app`` is what Celery's workers are started with. Which executor there is, is chosen in
``executors``.
"""
