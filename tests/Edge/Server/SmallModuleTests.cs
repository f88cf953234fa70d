using System.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>What the page for people who write a module shows first works as it stands there.</summary>
public sealed class SmallModuleTests
{
    private const string Page = "/pages/counting", SignIn = "/pages/session";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_smallest_module_has_a_loop_and_a_page()
    {
        await using var node = await RunningNode.StartAsync(modules: [new SmallModule()]);
        using var browser = new PageBrowser($"http://{node.Node.Settings.Http}");
        var accounts = node.Node.Database.Tenants;

        Assert.Equal((HttpStatusCode.SeeOther, SignIn + "?to=%2Fpages%2Fcounting"), await browser.PlaceAsync(Page));
        Assert.Equal((HttpStatusCode.SeeOther, Page), await browser.PlaceAsync(SignIn, ("key", RunningNode.Key), ("to", Page)));
        await ShowsAsync(browser, (await accounts.ListAsync(Stop)).Count);

        Assert.NotNull(await accounts.CreateAsync("counted", new(), null, Stop));
        await ShowsAsync(browser, (await accounts.ListAsync(Stop)).Count);
    }

    private static Task ShowsAsync(PageBrowser browser, int accounts) => Eventually.SomeAsync<string>(async () =>
    {
        string page = await browser.ReadAsync(Page);
        return page == $"{accounts} accounts" ? page : null;
    }, $"the page counts {accounts}");
}
