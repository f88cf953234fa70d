using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Core;
using Ringwright.Edge.Speech;
using Ringwright.Egress;
using Ringwright.Telnyx.Assistants;

namespace Ringwright.Edge.Telnyx;

/// <summary>How much another service can have a node read for one import of assistants.</summary>
public sealed class ImportSourceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_that_tells_without_end_is_asked_no_more()
    {
        string said = $"\"{new string('x', 3 * 1024 * 1024)}\"";
        await using var server = await TestServer.StartAsync(c => c.Response.WriteAsync(said));
        using var egress = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        var source = new ImportSource(egress, new TenantId(Guid.NewGuid()), server.Url, KeyValuePair.Create("Authorization", "Bearer x"));
        int read = 0;
        while (read < 20 && await source.GetAsync($"/assistant/{read}", Stop) is JsonValue) read++;
        // Six answers are more than 16 MiB.
        Assert.Equal((6, 6), (read, server.Requests));
        Assert.Equal("There are too many assistants for one import: name some in import_ids.", source.Fault);
    }
}
