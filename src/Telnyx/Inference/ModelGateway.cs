using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Telnyx.Inference;

/// <summary>The way to the node's model, whose answers it gives on as they are.</summary>
/// <param name="key">Goes with each request; null for none.</param>
internal sealed class ModelGateway(LanguageModel model, EgressClient egress, string? key)
{
    public const int MostBytes = 16 * 1024 * 1024;

    /// <summary>To the last byte of an answer.</summary>
    public static readonly TimeSpan Whole = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ForList = TimeSpan.FromSeconds(10);

    public string? Key => key;

    /// <summary>With the node's own key. A fault is part of a sentence.</summary>
    public static (ModelGateway? Gateway, string? Fault) Open(LanguageModel model, EgressClient egress)
    {
        if (model.Key is null) return (new(model, egress, null), null);
        var (key, fault) = model.Key();
        return key is null ? (null, $"its key: {fault}") : (new(model, egress, key), null);
    }

    /// <param name="arrives">Is given the answer bit by bit, each valid until the call returns; null gathers it.</param>
    /// <param name="isOurTemperature">No client has asked for it: a model that knows none but its own is asked without.</param>
    public async ValueTask<EgressResult> CompleteAsync(JsonObject request, Action<ReadOnlyMemory<byte>>? arrives, bool isOurTemperature,
        CancellationToken stop)
    {
        if (request.Filled("model") is { } named) request["model"] = model.AskedFor(named);
        var result = await SendAsync(request, arrives, stop);
        bool isTooWarm = isOurTemperature && result is { Failure: EgressFailure.HttpStatus, Status: 400 or 422 }
            && result.Body.Span.IndexOf("temperature"u8) >= 0;
        return isTooWarm && request.Remove("temperature") ? await SendAsync(request, arrives, stop) : result;
    }

    private ValueTask<EgressResult> SendAsync(JsonObject request, Action<ReadOnlyMemory<byte>>? arrives, CancellationToken stop) =>
        egress.SendAsync(new()
        {
            Url = $"{model.BaseUrl}/chat/completions", Method = "POST", Use = TargetUse.Document, IsOperatorConfigured = true,
            Body = Encoding.UTF8.GetBytes(request.ToJsonString(TelnyxJson.Plain)), ContentType = "application/json",
            Headers = Headers, Timeout = Whole, MaxBytes = MostBytes, Arrives = arrives,
        }, stop);

    public ValueTask<EgressResult> ListAsync(CancellationToken stop) => AskAsync($"{model.BaseUrl}/models", stop);

    /// <summary>What the server says of one model.</summary>
    public ValueTask<EgressResult> FindAsync(string name, CancellationToken stop) =>
        AskAsync($"{model.BaseUrl}/models/{Uri.EscapeDataString(name)}", stop);

    private ValueTask<EgressResult> AskAsync(string url, CancellationToken stop) => egress.SendAsync(new()
    {
        Url = url, Use = TargetUse.Document, IsOperatorConfigured = true, Headers = Headers, Timeout = ForList, MaxBytes = MostBytes,
    }, stop);

    private IReadOnlyList<KeyValuePair<string, string>> Headers => key is null ? [] : [new("authorization", $"Bearer {key}")];
}
