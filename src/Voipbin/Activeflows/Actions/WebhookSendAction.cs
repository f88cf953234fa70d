using System.Text.Json;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Asks a server of the customer's. Where the answer is waited for, each text in it is a variable.</summary>
internal sealed class WebhookSendAction : IFlowAction
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    public string Type => "webhook_send";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Flag("sync"), FlowOption.Url("uri").Required, FlowOption.OneOf("method", "POST", "GET", "PUT", "DELETE"),
        FlowOption.Text("data_type", 100), FlowOption.Text("data", FlowLimits.OptionCharacters),
    ];

    public bool EndsOnFailure => false;

    public string? FaultOf(FlowOptions options) =>
        options.Text("data_type").Any(c => char.IsControl(c) || c > '~') ? "webhook_send: data_type is a content type" : null;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        string method = options.Filled("method") ?? "POST", type = options.Filled("data_type") ?? "application/json";
        var request = FlowRequests.Request(run.Variables.FillParameters(options.Written("uri"), isForm: false), TargetUse.Webhook, method,
            BodyOf(run, options.Written("data"), type), type);
        var verdict = run.Parts.Egress.CheckUrl(request.Url, TargetUse.Webhook);
        if (!verdict.IsAllowed) return new FlowStep.Failed(verdict.Detail ?? "the URL may not be asked");
        if (!options.Flag("sync")) return run.Requests.Post(request, Type) is { } full ? new FlowStep.Failed(full) : FlowStep.Next;
        var result = await run.Requests.AskAsync(request);
        if (!result.IsSuccess) return new FlowStep.Failed(result.Detail ?? "the server did not answer");
        await TakeAsync(run, result);
        return FlowStep.Next;
    }

    /// <summary>With its variables, which say in it what they say, and nothing of its form.</summary>
    private static string BodyOf(FlowRunner run, string written, string type)
    {
        string media = type.Split(';')[0].Trim();
        if (media.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            return run.Variables.FillParameters(written, isForm: true);
        bool isJson = media.EndsWith("json", StringComparison.OrdinalIgnoreCase) && written.TrimStart() is ['{' or '[' or '"', ..];
        return isJson ? run.Variables.FillJson(written) : run.Variables.Fill(written);
    }

    private async ValueTask TakeAsync(FlowRunner run, EgressResult result)
    {
        try
        {
            using var json = JsonDocument.Parse(result.Body, Strict);
            if (json.RootElement.ValueKind is not JsonValueKind.Object) return;
            foreach (var member in json.RootElement.EnumerateObject().Where(member => member.Value.ValueKind is JsonValueKind.String))
                if (run.Variables.TrySet(member.Name, member.Value.GetString()!) is { } fault)  // a string
                    await run.WarnAsync($"{Type}: the answer's '{member.Name}' is not kept: it {fault}");
        }
        catch (Exception unread) when (unread is JsonException or InvalidOperationException)
        {
            // An answer need not be JSON, and one that is half of it is none.
        }
    }
}
