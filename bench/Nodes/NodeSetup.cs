using System.Text.Json.Nodes;

namespace Ringwright.Bench.Nodes;

/// <summary>
/// What a workload needs on the node: the driver's carrier with a route to it, an application with a webhook address, equipment, numbers.
/// </summary>
internal sealed class NodeSetup : IDisposable
{
    private readonly NodeProcess _node;
    private readonly CustomerApi _operator;

    public NodeSetup(NodeProcess node)
    {
        (_node, Api) = (node, new(node.Api, node.Key));
        _operator = new(node.Operator, "");
    }

    public CustomerApi Api { get; }

    /// <summary>A carrier at that address: calls from there are its calls, and calls to any number go there.</summary>
    public async Task AddCarrierAsync(string address, int port, CancellationToken stop)
    {
        var trunk = await _operator.SendAsync(HttpMethod.Post, "trunks",
            new() { ["name"] = "driver", ["host"] = address, ["port"] = port, ["codecs"] = new JsonArray("PCMU") }, stop);
        // the contract demands it
        await _operator.SendAsync(HttpMethod.Post, "routes", new() { ["prefix"] = "+", ["trunk_id"] = (string)trunk["id"]! }, stop);
    }

    /// <returns>The application's id.</returns>
    public async Task<string> AddApplicationAsync(string webhookUrl, CancellationToken stop)
    {
        var profile = await Api.SendAsync(HttpMethod.Post, "outbound_voice_profiles", new() { ["name"] = "driver" }, stop);
        var application = await Api.SendAsync(HttpMethod.Post, "call_control_applications", new()
        {
            ["application_name"] = "driver",
            ["webhook_event_url"] = webhookUrl,
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = (string)profile["id"]! },
        }, stop);
        return (string)application["id"]!;
    }

    /// <summary>Equipment that is known by its address and reached there.</summary>
    /// <returns>The connection's id.</returns>
    public async Task<string> AddEquipmentAsync(string address, int port, CancellationToken stop)
    {
        var connection = await Api.SendAsync(HttpMethod.Post, "ip_connections", new() { ["connection_name"] = "driver" }, stop);
        await Api.SendAsync(HttpMethod.Post, "ips",
            new() { ["connection_id"] = (string)connection["id"]!, ["ip_address"] = address, ["port"] = port }, stop);
        return (string)connection["id"]!;
    }

    /// <summary>A number whose calls go to that application or equipment; to nobody when null.</summary>
    public async Task AddNumberAsync(string number, string? connection, CancellationToken stop)
    {
        string file = Path.Combine(_node.DataFolder, "numbers.csv");
        await File.WriteAllLinesAsync(file, ["number", number], stop);
        await _node.RunAsync(stop, "numbers", "import", file);
        if (connection is not null)
            await Api.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(number)}",
                new() { ["connection_id"] = connection }, stop);
    }

    public void Dispose()
    {
        Api.Dispose();
        _operator.Dispose();
    }
}
