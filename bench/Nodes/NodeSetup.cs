using System.Text.Json.Nodes;
using Ringwright.Bench.Driving.Sound;

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
    public async Task AddCarrierAsync(string address, int port, AudioFormat format, bool isSecure, CancellationToken stop)
    {
        var wanted = new JsonObject
        {
            ["name"] = "driver", ["host"] = address, ["port"] = port, ["codecs"] = new JsonArray(format.TrunkName),
            ["probe_seconds"] = 0
        };
        if (isSecure) wanted["media_encryption"] = "required";
        var trunk = await AddTrunkAsync(wanted, stop);
        // the contract demands it
        await _operator.SendAsync(HttpMethod.Post, "routes", new() { ["prefix"] = "+", ["trunk_id"] = (string)trunk["id"]! }, stop);
    }

    private async Task<JsonNode> AddTrunkAsync(JsonObject wanted, CancellationToken stop)
    {
        try
        {
            return await _operator.SendAsync(HttpMethod.Post, "trunks", wanted, stop);
        }
        catch (BenchFailure older) when (older.Message.Contains("no field 'probe_seconds'", StringComparison.Ordinal))
        {
            // A revision of before there were probes: it asks its trunks nothing.
            wanted.Remove("probe_seconds");
            return await _operator.SendAsync(HttpMethod.Post, "trunks", wanted, stop);
        }
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

    /// <summary>An application whose calls documents command.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> AddDocumentsAsync(Uri document, Uri status, CancellationToken stop)
    {
        var application = await Api.SendAsync(HttpMethod.Post, "texml_applications", new()
        {
            ["friendly_name"] = "driver", ["voice_url"] = document.AbsoluteUri, ["status_callback"] = status.AbsoluteUri,
        }, stop);
        return (string)application["id"]!;
    }

    /// <summary>Equipment that is known by its address and reached there.</summary>
    /// <param name="formats">What it speaks and what those speak who call it: a connection's codecs count for both legs of a call.</param>
    /// <returns>The connection's id.</returns>
    public async Task<string> AddEquipmentAsync(string address, int port, IEnumerable<AudioFormat> formats, bool isSecure,
        CancellationToken stop)
    {
        var wanted = new JsonObject
        {
            ["connection_name"] = "driver",
            ["inbound"] = new JsonObject { ["codecs"] = new JsonArray([.. formats.Select(f => (JsonNode)f.ConnectionName)]) },
        };
        if (isSecure) wanted["encrypted_media"] = "SRTP";
        var connection = await Api.SendAsync(HttpMethod.Post, "ip_connections", wanted, stop);
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

    /// <summary>Each call to the number is recorded, both parties apart.</summary>
    /// <param name="format">"wav" or "mp3".</param>
    public Task RecordAsync(string number, string format, CancellationToken stop) =>
        Api.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(number)}/voice", new()
        {
            ["call_recording"] = new JsonObject
            {
                ["inbound_call_recording_enabled"] = true,
                ["inbound_call_recording_format"] = format,
                ["inbound_call_recording_channels"] = "dual",
            }
        }, stop);

    public void Dispose()
    {
        Api.Dispose();
        _operator.Dispose();
    }
}
