using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Assistants;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>What is kept in memory of the tools that customers' servers say.</summary>
public sealed class KnownMcpToolsTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_account_that_names_many_servers_drives_out_its_own_alone()
    {
        var (time, web) = (new FakeTimeProvider(Begin), new Web());
        var known = new KnownMcpTools(web, time);
        TenantId other = new(Guid.NewGuid()), many = new(Guid.NewGuid());
        async Task AskAsync(TenantId tenant, int server)
        {
            await known.OfAsync(ServerOf(tenant, server), null, TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromSeconds(1));
        }
        await AskAsync(other, 0);
        for (int i = 0; i <= KnownMcpTools.MostOfAccount; i++) await AskAsync(many, i);
        int asked = web.Asked;
        Assert.Equal(KnownMcpTools.MostOfAccount + 2, asked);
        await AskAsync(other, 0);
        await AskAsync(many, 1);
        Assert.Equal(asked, web.Asked);
        await AskAsync(many, 0);
        Assert.Equal(asked + 1, web.Asked);
    }

    private static ResourceRow ServerOf(TenantId tenant, int number) => new()
    {
        Id = $"server-{number}", Tenant = tenant, Body = new() { ["url"] = "https://93.184.216.34/mcp" }, CreatedAt = Begin,
        UpdatedAt = Begin,
    };

    private sealed class Web : IMcpWeb
    {
        public int Asked { get; private set; }

        public ValueTask<McpFound> ListAsync(TenantId tenant, string url, string? token, CancellationToken stop)
        {
            Asked++;
            return new(new McpFound([new JsonObject { ["name"] = "a" }], false, null));
        }
    }
}
