using Ringwright.Edge.Store;
using Ringwright.Http;
using Ringwright.Telnyx;

namespace Ringwright.Edge.Telnyx;

/// <summary>What may be said may be kept: the deepest body that is taken is read wherever it lies.</summary>
public sealed class DeepBodyTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Insights = "/v2/ai/conversations/insights";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_deepest_body_is_shown_listed_in_the_trail_and_in_a_backup()
    {
        int objects = Limits.BodyDepth - 1;
        string schema = string.Concat(Enumerable.Repeat("{\"a\":", objects)) + "1" + new string('}', objects);
        var made = await host.SendAsync("POST", Insights, $$"""{"name":"deep","instructions":"Find out.","json_schema":{{schema}} }""");
        Assert.True(made.Status is 200 or 201, made.Text);
        foreach (string path in new[] { $"{Insights}/{made.Data["id"]}", Insights, "/v2/audit_events" })
        {
            var shown = await host.SendAsync("GET", path);
            Assert.True(shown.Status == 200, $"{path}: {shown.Text}");
        }

        await using var other = await TestDatabase.OpenAsync();
        string file = Path.Combine(other.Folder, "deep.jsonl");
        await host.Store.Snapshots.SaveAsync(file, tenant: null, SnapshotKinds.Of(host.Store), withFiles: true, overwrites: true, Stop);
        var loaded = await other.Database.Snapshots.LoadAsync(file, SnapshotKinds.Of(other.Database), SnapshotKinds.DocumentFault,
            replaces: false, static () => 1, Stop);
        Assert.True(loaded.Counts["resource"] >= 1);
        Assert.True(loaded.Counts["audit_event"] >= 1);
    }
}
