using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Asks a server of the customer's for actions, and carries those out first.</summary>
internal sealed class FetchAction : IFlowAction
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public string Type => "fetch";
    public IReadOnlyList<FlowOption> Options { get; } =
        [FlowOption.Url("event_url").Required, FlowOption.OneOf("event_method", "POST", "GET")];

    public bool EndsOnFailure => true;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        string body = new JsonObject
        {
            ["activeflow_id"] = run.Order.Id.ToString(), ["reference_id"] = (run.Order.Reference ?? Guid.Empty).ToString(),
        }.ToJsonString();
        var result = await run.Requests.AskAsync(FlowRequests.Request(
            run.Variables.FillParameters(options.Written("event_url"), isForm: false), TargetUse.Document,
            options.Filled("event_method") ?? "POST", body, "application/json"));
        if (!result.IsSuccess || result.Status != 200) return new FlowStep.Failed(result.Detail ?? $"the server answered {result.Status}");
        var (actions, fault) = Read(result.Body.Span);
        return fault is null ? new FlowStep.Nested(actions!) : new FlowStep.Failed(fault);      // one of the two is there
    }

    private static (IReadOnlyList<FlowAction>? Actions, string? Fault) Read(ReadOnlySpan<byte> body)
    {
        // Found only when it is reached otherwise, in the middle of a call.
        if (!Utf8.IsValid(body) || !JsonEscapes.AreReadable(body)) return (null, "the answer has something that is no text");
        try
        {
            if (JsonNode.Parse(body, documentOptions: Strict) is not JsonArray list) return (null, "the answer is no list of actions");
            if (list.Count > FlowLimits.Actions) return (null, $"the answer has more than {FlowLimits.Actions} actions");
            return Flows.Check(list, "the answer", isNamed: true) is { } problem
                ? (null, problem.Detail ?? "the answer has a wrong action") : (FlowAction.ReadAll(list), null);
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException or InvalidOperationException)
        {
            return (null, "the answer is no JSON");
        }
    }
}
