using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>The pages of an agency's calls: each sees his, hears what he may, and nothing that was said does anything in a page.</summary>
public sealed class AgencyCallPageTests : IAsyncLifetime
{
    private const string Page = "/agency/calls", Hostile = "<img src=x onerror=alert(1)>";

    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(Product.Sqlite);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact, Depth("the gate has the page to sign in at; what pages ask the API for has tests by itself")]
    public async Task A_call_is_shown_with_its_sound_and_what_was_said_to_those_whose_it_is()
    {
        string id = await CallAsync();
        await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        using var browser = new AgencyBrowser(Host);
        await browser.SignInAsync("ca1@example.com");

        string list = await browser.ReadAsync(Page);
        Assert.Contains($"href=\"{Page}/{id}\"", list, StringComparison.Ordinal);
        Assert.Contains($"href=\"{Page}/{id}\"", await browser.ReadAsync(Page + "?direction=outbound&from=2020-01-01"),
            StringComparison.Ordinal);
        Assert.DoesNotContain(id, await browser.ReadAsync(Page + "?direction=inbound"), StringComparison.Ordinal);
        Assert.Equal(400, (await browser.GetAsync(Page + "?direction=sideways")).Status);

        string page = await browser.ReadAsync($"{Page}/{id}");
        foreach (string there in new[] { "A pizza?", "Person", "&lt;img src=x onerror=alert(1)&gt;", AgencyLab.Number("wait") })
            Assert.Contains(there, page, StringComparison.Ordinal);
        Assert.DoesNotContain(Hostile, page, StringComparison.Ordinal);
        Assert.Contains($"<audio controls preload=\"none\" src=\"{Page}/{id}/recording\">", page, StringComparison.Ordinal);
        var sound = await browser.GetAsync($"{Page}/{id}/recording", "bytes=0-3");
        Assert.Equal((206, "audio/wav", "RIFF"), (sound.Status, sound.Type, sound.Text));

        // A viewer of the client sees the call, and hears nothing.
        using var viewer = new AgencyBrowser(Host);
        await viewer.SignInAsync("cv1@example.com");
        string seen = await viewer.ReadAsync($"{Page}/{id}");
        Assert.Contains("A pizza?", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("<audio", seen, StringComparison.Ordinal);
        Assert.Equal(403, (await viewer.GetAsync($"{Page}/{id}/recording")).Status);
        await IsNobodyElsesAsync(id);
    }

    private async Task IsNobodyElsesAsync(string id)
    {
        await Host.UserAsync(Host.OwnerB, "aB", "agency_admin");
        foreach (string name in new[] { "cv2", "aB" })
        {
            using var other = new AgencyBrowser(Host);
            Assert.Equal(303, (await other.SignInAsync($"{name}@example.com")).Status);
            Assert.DoesNotContain(id, await other.ReadAsync(Page), StringComparison.Ordinal);
            Assert.Equal(404, (await other.GetAsync($"{Page}/{id}")).Status);
            Assert.NotEqual(200, (await other.GetAsync($"{Page}/{id}/recording")).Status);
            Assert.Equal(404, (await other.GetAsync(Page + "/none")).Status);
        }
        using var nobody = new AgencyBrowser(Host);
        foreach (string path in new[] { Page, $"{Page}/{id}", $"{Page}/{id}/recording" })
            Assert.Equal(303, (await nobody.GetAsync(path)).Status);
    }

    /// <summary>A call of the client's with a recording, in which somebody has said something hostile.</summary>
    private async Task<string> CallAsync()
    {
        string id = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "wait",
            """{"type":"recording_start","option":{"format":"wav"} },""");
        await Host.Node.RecordsAsync();
        _lab.Far.Bye(_lab.Far.Of(AgencyLab.Number("wait")).Single());
        await _lab.EndsAsync(id);
        await Eventually.SomeAsync(async () =>
        {
            var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + id);
            return (bool)shown["has_recording"]! ? shown : null;
        }, "the recording is saved");
        var (agency, now) = (new TenantId(Guid.Parse((string)Host.AccountA["id"]!)), Times.Cut(DateTimeOffset.UtcNow));
        var turns = new TurnTable(Host.Node.Node.Database);
        await turns.BeginAsync(agency, _lab.Client, "outbound", id, now, Stop);
        await turns.AddAsync(agency, id,
        [
            new() { Role = TurnRow.Agent, Body = "A pizza?", SaidAt = now }, new() { Role = TurnRow.User, Body = Hostile, SaidAt = now },
        ], Stop);
        return id;
    }
}
