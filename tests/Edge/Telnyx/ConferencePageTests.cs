using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Edge.Telnyx;

/// <summary>Links from one page of conferences to the next.</summary>
public sealed class ConferencePageTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Public = "https://calls.example.com/api";

    private async Task BeginAsync(string application, uint counter)
    {
        var (facts, _) = await host.LegAsync(application, counter);
        var room = new ConferenceFacts(new(LegId.Compose(1, 0, 1, counter, 9).Value), Guid.NewGuid(), facts.Tenant, $"page {counter}",
            host.Now, ConferenceParty.Of(facts));
        Assert.True(await host.Ledger.AppendAsync(new ConferenceEvent.ConferenceBegan(new()) { Conference = room, At = host.Now }));
    }

    [Fact]
    public async Task The_next_page_of_a_filtered_list_is_filtered_too()
    {
        string one = await host.ApplicationAsync("pages of one"), other = await host.ApplicationAsync("pages of another");
        for (uint i = 0; i < 4; i++) await BeginAsync(i % 2 == 0 ? one : other, 560 + i);
        string path = $"/v2/conferences?filter[connection_id]={one}&page[limit]=1";
        var met = new List<string>();
        while (true)
        {
            var page = await host.SendAsync("GET", path);
            Assert.True(page.Status == 200, page.Text);
            met.AddRange(page.List.Select(conference => (string)conference!["connection_id"]!));
            if ((string?)page.Body["meta"]!["next"] is not { } next) break;
            Assert.StartsWith($"{Public}/v2/conferences?", next);
            path = next[Public.Length..];
        }
        Assert.Equal([one, one], met);
    }
}
