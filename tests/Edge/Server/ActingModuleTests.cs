using System.Net;
using System.Text.RegularExpressions;
using Ringwright.Edge.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A module that is none of the node's own dials in a loop, hears of it, runs a job and has pages, on a real node.</summary>
public sealed partial class ActingModuleTests
{
    private const string OperatorKey = "operator-key-of-the-tests", Page = "/pages/acting", SignIn = "/pages/session",
        Elsewhere = "http://elsewhere.example";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_module_dials_in_a_loop_hears_the_end_runs_a_job_and_shows_a_page_with_a_session()
    {
        var module = new ActingModule();
        await using var node = await RunningNode.StartAsync(s => s with { OperatorKey = OperatorKey }, modules: [module]);
        var acting = module.Joined!;        // it has joined
        using var far = new SipPeer(node.Node.Settings.Sip);
        using var browser = new PageBrowser($"http://{node.Node.Settings.Http}");

        Assert.Equal((HttpStatusCode.SeeOther, SignIn + "?to=%2Fpages%2Facting"), await browser.PlaceAsync(Page));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.PostAsync(SignIn, ("key", "no key of anybody"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostFromAsync(Elsewhere, SignIn, ("key", RunningNode.Key))).Status);
        Assert.Equal((HttpStatusCode.SeeOther, Page), await browser.PlaceAsync(SignIn, ("key", RunningNode.Key), ("to", Page)));
        string page = await browser.ReadAsync(Page);
        string token = Token().Match(page).Groups["token"].Value;

        string[] called = [$"sip:one@{far.Local}", $"sip:two@{far.Local}"];
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(Page + "/calls", ("to", called[0]))).Status);
        Assert.Equal(HttpStatusCode.Forbidden,
            (await browser.PostFromAsync(Elsewhere, Page + "/calls", ("to", called[0]), ("token", token))).Status);
        foreach (string to in called)
            Assert.Equal((HttpStatusCode.SeeOther, Page), await browser.PlaceAsync(Page + "/calls", ("to", to), ("token", token)));
        foreach (string to in called)
        {
            string invite = await far.HearAsync("INVITE");
            Assert.StartsWith($"INVITE {to}", invite, StringComparison.Ordinal);
            far.Send(far.Response(invite, "486 Busy Here"));
        }
        await Eventually.TrueAsync(() => acting.Outcomes.Count == 2, "both calls are written down");
        Assert.Equal(called.Select(to => $"{to} 486"), acting.Outcomes.Order(StringComparer.Ordinal));
        Assert.Contains($"{called[1]} 486", WebUtility.HtmlDecode(await browser.ReadAsync(Page)), StringComparison.Ordinal);

        await node.Node.DisposeAsync();
        Assert.Equal(["started", "told to stop", "disposed of"], acting.Life);
    }

    [Fact]
    public async Task A_session_ends_with_its_key_and_by_its_own_way_out_and_files_are_for_everybody()
    {
        await using var node = await RunningNode.StartAsync(modules: [new ActingModule()]);
        using var browser = new PageBrowser($"http://{node.Node.Settings.Http}");
        using var file = await node.Api.GetAsync(Page + "/acting.css", Stop);
        Assert.Equal("text/css", file.Content.Headers.ContentType?.MediaType);
        Assert.Equal("h1 { color: green }", await file.Content.ReadAsStringAsync(Stop));
        // A key opens the API, and no page.
        using var without = await node.Api.GetAsync(Page, Stop);
        Assert.DoesNotContain("Calls of", await without.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);

        // A link that somebody made leads nowhere else.
        Assert.Equal((HttpStatusCode.SeeOther, SignIn),
            await browser.PlaceAsync(SignIn, ("key", RunningNode.Key), ("to", "https://elsewhere.example/")));
        string token = Token().Match(await browser.ReadAsync(SignIn)).Groups["token"].Value;
        Assert.Equal((HttpStatusCode.SeeOther, SignIn), await browser.PlaceAsync(SignIn + "/end", ("token", token)));
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.PlaceAsync(Page)).Status);

        // The same machine by another of its names.
        using var local = new PageBrowser($"http://localhost:{node.Node.Settings.Http.Port}");
        Assert.Equal((HttpStatusCode.SeeOther, Page), await local.PlaceAsync(SignIn, ("key", RunningNode.Key), ("to", Page)));
        await browser.PlaceAsync(SignIn, ("key", RunningNode.Key));
        Assert.Contains("Calls of", await browser.ReadAsync(Page), StringComparison.Ordinal);
        var keys = node.Node.Database.ApiKeys;
        var key = await keys.FindAsync(RunningNode.Key, Stop);
        await keys.RevokeAsync(key!.Tenant, key.Id, Stop);
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.PlaceAsync(Page)).Status);
    }

    [Fact]
    public async Task The_operators_pages_take_his_key_and_no_accounts()
    {
        await using var node = await RunningNode.StartAsync(s => s with { OperatorKey = OperatorKey }, modules: [new ActingModule()]);
        using var browser = new PageBrowser($"http://{node.Node.Settings.Admin}");

        Assert.Equal(HttpStatusCode.SeeOther, (await browser.PlaceAsync(Page)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.PostAsync(SignIn, ("key", RunningNode.Key))).Status);
        Assert.Equal((HttpStatusCode.SeeOther, Page), await browser.PlaceAsync(SignIn, ("key", OperatorKey), ("to", Page)));
        Assert.Equal("0 calls, seen by Operator", await browser.ReadAsync(Page));
    }

    [GeneratedRegex("name=\"token\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Token();
}
