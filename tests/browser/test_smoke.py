from playwright.sync_api import Page, expect


def test_home_page_opens(page: Page) -> None:
    answer = page.goto("/")

    assert answer.status == 200
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
