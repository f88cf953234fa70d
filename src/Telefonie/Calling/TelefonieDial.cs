using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Telefonie.Calling;

/// <summary>Places a call, which goes by the account's own profile; a document commands it, or this API.</summary>
internal static class TelefonieDial
{
    private const int UsualRing = 30;

    private static readonly string[] Known =
        ["to", "from", "url", "method", "status_callback", "timeout", "record", "machine_detection", CallNews.Field];

    public static async ValueTask<Reply> HandleAsync(OperationContext op, TelefonieParts parts)
    {
        var body = op.ReadObject();
        TelefonieFields.ReadTruths(body, "machine_detection");
        var problems = await CheckAsync(op, parts, body);
        if (problems.Count > 0) return op.Fail(problems);
        string? callback = (string?)body["status_callback"] is { Length: > 0 } url ? url : null;
        var document = TelefonieDocuments.Read(body);
        bool detects = (bool?)body["machine_detection"] is true;
        var dialled = await op.Calls.DialAsync(new()
        {
            Tenant = op.Tenant,
            Connection = default,
            To = (string)body["to"]!,       // required, as is from
            From = (string)body["from"]!,
            RingTimeout = TimeSpan.FromSeconds((int?)body["timeout"] ?? UsualRing),
            WaitsForRoom = true,        // it is queued meanwhile, and can be canceled
            Record = (bool?)body["record"] is true ? new() { Id = Guid.CreateVersion7(op.Now), Format = RecordFormat.Wav } : null,
            MachineDetection = !detects ? null : new(document is null ? MachineMode.Detect : MachineMode.GreetingEnd),
            Application = document is null ? Application.Webhook : Application.PlainDocument,
            Labels = Labels.Of([(TelefonieLabels.StatusCallback, callback), (TelefonieLabels.Events, CallNews.Read(body)),
                .. TelefonieDocuments.Of(document),
                (DocumentOrder.AwaitsDetection, detects && document is not null ? "end" : null)]),
            AskedBy = op.Dialect.Name,
            HasAskerLeft = op.HasClientLeft,
        }, op.Stop);
        return dialled is { Ack.IsAccepted: true, Leg: { } leg } ? op.Created(new TelefonieCall
        {
            Id = leg.Uuid, Status = TelefonieStatus.Queued, Direction = leg.Direction, From = leg.From, To = leg.To,
            Url = parts.ShowsCalledUrls ? null : document?.Url, StatusCallback = callback,
        }.Write()) : op.Fail(TelefonieErrors.Of(dialled));
    }

    /// <summary>What the schema cannot say.</summary>
    private static async ValueTask<IReadOnlyList<Problem>> CheckAsync(OperationContext op, TelefonieParts parts, JsonObject body)
    {
        var problems = TelefonieFields.Unknown(body, Known).ToList();
        if (TelefonieFields.Uncallable(body) is { } alias) problems.Add(alias);
        if (body["machine_detection"] is { } detects && detects.GetValueKind() is not (System.Text.Json.JsonValueKind.True
                or System.Text.Json.JsonValueKind.False))
            problems.Add(TelefonieErrors.Bad("machine_detection", "machine_detection is true or false."));
        if (CallNews.Check(body) is { } unknown) problems.Add(unknown);
        if (await TelefonieDocuments.CheckAsync(parts, body, op.Stop) is { } bad) problems.Add(bad);
        if ((string?)body["status_callback"] is { Length: > 0 } url)
        {
            if (await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict)
                problems.Add(TelefonieErrors.Bad("status_callback", verdict.Detail ?? "status_callback is no URL that may be used."));
            else if (url.Length > Labels.MaxBytes / 2)
                problems.Add(TelefonieErrors.Bad("status_callback", $"status_callback may have {Labels.MaxBytes / 2} characters."));
        }
        return problems;
    }
}
