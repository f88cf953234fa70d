using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Server.Nodes;
using Ringwright.Server.Roles;

namespace Ringwright.Server.Mcp;

/// <summary>The people of the lab beside a node: whom they had calls with, and that one of them calls.</summary>
internal sealed class LabTools : IDisposable
{
    private readonly HttpClient _http;

    private LabTools(string socket) =>
        _http = new(UnixSocketHttp.Handler(() => socket)) { BaseAddress = new("http://lab/"), Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Null where no lab is.</summary>
    public static LabTools? Find(string data) => File.Exists(LabRole.SocketFor(data)) ? new(LabRole.SocketFor(data)) : null;

    /// <param name="mayChange">Whether somebody may be told to call.</param>
    public IEnumerable<Tool> All(bool mayChange)
    {
        yield return new()
        {
            Name = "lab_calls",
            Says = "The calls that the people of the lab had: from, to, direction, whether answered, the digits that they heard, how they "
                + "ended, and packets of audio. A call without an end is up. `after` leaves out those up to that number.",
            Arguments = Schema("after", new() { ["type"] = "integer", ["minimum"] = 0 }),
            IsReading = true,
            Call = (given, stop) => SendAsync(HttpMethod.Get, $"calls?after={Uri.EscapeDataString($"{given["after"] ?? 0}")}", null, stop),
        };
        if (!mayChange) yield break;
        yield return new()
        {
            Name = "lab_dial",
            Says = "Let a person of the lab call one of the node's numbers. The number in `from` says who it is: +15550001234 says hello "
                + "and listens, +15550071000 presses 1 when the voice has ended, +15550080001 is an echo.",
            Arguments = Schema(null, new() { ["type"] = "string", ["pattern"] = @"^\+[1-9][0-9]{6,14}$" }, "from", "to"),
            Call = (given, stop) => AreNumbers(given) ? SendAsync(HttpMethod.Post, "dial", (JsonObject)given.DeepClone(), stop)
                : Task.FromResult(ToolAnswer.Fault("The arguments are 'from' and 'to', numbers in E.164 form: +15550001234.")),
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<ToolAnswer> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null) request.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
            using var answer = await _http.SendAsync(request, stop);
            return new(await answer.Content.ReadAsStringAsync(stop), !answer.IsSuccessStatusCode);
        }
        catch (HttpRequestException away)
        {
            return ToolAnswer.Fault($"The lab does not answer: {away.Message}");
        }
    }

    private static bool AreNumbers(JsonObject given) => given.Count == 2 && ((string[])["from", "to"]).All(name =>
        given[name] is JsonValue value && value.TryGetValue(out string? text) && E164.TryParse(text, out _));

    private static JsonObject Schema(string? optional, JsonObject kind, params string[] required)
    {
        var fields = new JsonObject();
        foreach (string name in optional is null ? required : [optional]) fields[name] = kind.DeepClone();
        var schema = new JsonObject { ["type"] = "object", ["properties"] = fields, ["additionalProperties"] = false };
        if (required.Length > 0) schema["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        return schema;
    }
}
