using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Beside;

/// <summary>The node's own pages in a real browser, which fetches nothing from anywhere else and finds nothing wrong with them.</summary>
[Collection(Alone.Name)]
[Depth("the gate has what the pages consist of; a browser shows what becomes of it")]
public sealed class BrowserTests(RunningNode node) : IClassFixture<RunningNode>
{
    private const string Person = "+15550000001", Busy = "+15550020001", Own = "+15550219001", Root = "/api/agency/v1/";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_root_leads_to_the_page_of_each_API_where_an_operation_is_found()
    {
        await using var browser = await Chromium.StartAsync();
        await browser.GoAsync(new(node.Api, "/"));
        Assert.Contains("The agency's back office", await browser.TextAsync(), StringComparison.Ordinal);
        await browser.PictureAsync("root");
        var pages = (await browser.EvaluateAsync("[...document.querySelectorAll('a[href^=\"/reference/\"]')].map(one => one.pathname)"))!;
        Assert.Equal(6, pages.AsArray().Count);
        foreach (string page in pages.AsArray().Select(one => (string)one!))
        {
            await browser.GoAsync(new(node.Api, page));
            await browser.UntilAsync(
                "document.querySelectorAll('[data-section-id^=\"tag/\"], [data-section-id^=\"operation/\"]').length > 3");
            await browser.PictureAsync(page.Trim('/').Replace('/', '-'));
        }
        Assert.True(browser.Faults.Count == 0, string.Join('\n', browser.Faults));
    }

    [Fact]
    public async Task Somebody_of_an_agency_signs_in_brings_contacts_has_them_called_and_reads_what_came_of_it()
    {
        var account = await node.Operator.SendAsync(HttpMethod.Post, "accounts", new() { ["name"] = $"agency {Guid.NewGuid():N}" });
        await node.ImportNumbersAsync([Own], (string)account["name"]!);
        var owner = account["agency_owner"]!;
        await ArrangeAsync((string)owner["email"]!, (string)owner["password"]!);

        await using var browser = await Chromium.StartAsync();
        await browser.GoAsync(new(node.Api, "/agency/batches/new"));
        await browser.FillAsync("input[name=email]", (string)owner["email"]!);
        await browser.FillAsync("input[name=password]", (string)owner["password"]!);
        await browser.PictureAsync("agency-sign-in");
        await browser.ClickAsync("form.sign button");
        await browser.UntilAsync("document.querySelector('select[name=campaign_id] option')");
        await browser.FillAsync("input[name=name]", "By hand");
        await browser.ClickAsync("main form.asks button");
        await browser.UntilAsync("document.querySelector('input[type=file]')");

        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("people.csv"), $"phone_number,first_name\n{Person},Zoe\n{Busy},<b>Bob</b>\n", Stop);
        await browser.ChooseFileAsync("input[type=file]", folder.File("people.csv"));
        await browser.ClickAsync("input[name=dry_run]");
        await browser.ClickAsync("form[action$=\"/import\"] button");
        await browser.UntilAsync("['people.csv', '<b>Bob</b>'].every(word => document.body?.innerText.includes(word))");
        await browser.PictureAsync("agency-batch");
        await browser.ClickAsync("form[action$=\"/resume\"] button");
        // The page's own script looks again until it is over.
        await browser.UntilAsync("document.querySelector('[data-over]')");
        Assert.Equal("100", (string?)await browser.EvaluateAsync("document.querySelector('progress').getAttribute('value')"));

        foreach (var (path, shown) in new[] { ("/agency/batches", "By hand"), ("/agency/calls", Person), ("/agency", "Calls") })
        {
            await browser.GoAsync(new(node.Api, path));
            Assert.Contains(shown, await browser.TextAsync(), StringComparison.Ordinal);
            await browser.PictureAsync(path.Trim('/').Replace('/', '-'));
        }
        await browser.ClickAsync("header form button");
        await browser.UntilAsync("document.querySelector('input[name=password]')");
        Assert.True(browser.Faults.Count == 0, string.Join('\n', browser.Faults));
    }

    /// <summary>What a batch wants: a client with a campaign, and an agent that says something.</summary>
    private async Task ArrangeAsync(string email, string password)
    {
        using var http = new HttpClient { BaseAddress = new(node.Api, Root) };
        var session = await AskAsync(http, "auth/login", new() { ["email"] = email, ["password"] = password });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)session["access_token"]!);
        var client = await AskAsync(http, "clients", new() { ["name"] = "Client one" });
        await AskAsync(http, "agents", new() { ["name"] = "Anna", ["first_speaker_text"] = "Hello.", ["voicemail_policy"] = "continue" });
        var campaign = await AskAsync(http, "campaigns", new()
        {
            ["client_id"] = (string)(client["client"] ?? client)["id"]!, ["name"] = "Spring", ["type"] = "sdr", ["max_attempts"] = 1,
            ["consent_required"] = "none",
        });
        // The test runs at any hour.
        string path = $"campaigns/{campaign["id"]}";
        await AskAsync(http, path + "/legal-override", new() { ["because"] = "nobody is called but people of the lab" }, HttpMethod.Put);
        await AskAsync(http, path, JsonNode.Parse("""
            {"calling_windows":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"start":"00:00","end":"24:00"}]}
            """)!.AsObject(), HttpMethod.Patch);
    }

    private static async Task<JsonNode> AskAsync(HttpClient http, string path, JsonObject body, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path);
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
