using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin;

/// <summary>Attempts to call somebody on a list. They are read, and may be deleted once they are over.</summary>
internal sealed class Campaigncalls(VoipbinParts parts)
{
    public const string Noun = "campaigncall";

    private static readonly string[] Stages = ["dialing", "progressing", "done"], Results = ["", "success", "fail"];

    /// <summary>As it is to be read, and as events tell it.</summary>
    public static JsonObject Show(DialAttempt attempt, VoipbinNotation notation)
    {
        var refs = attempt.Refs ?? [];
        bool isDone = attempt.State is AttemptState.Settled or AttemptState.Returned;
        string reference = attempt.LegUuid?.ToString() ?? VoipbinShape.Nobody;
        return new()
        {
            ["id"] = attempt.Id.ToString(),
            ["customer_id"] = attempt.Tenant.ToString(),
            ["campaign_id"] = attempt.Campaign.ToString(),
            ["outplan_id"] = (string?)refs["outplan_id"] ?? VoipbinShape.Nobody,
            ["outdial_id"] = attempt.List.ToString(),
            ["outdial_target_id"] = attempt.Target.ToString(),
            ["queue_id"] = (string?)refs["queue_id"] ?? VoipbinShape.Nobody,
            // One runs for each attempt, and has its id.
            ["activeflow_id"] = attempt.Id.ToString(),
            ["flow_id"] = (string?)refs[CampaignDocument.Flow] ?? VoipbinShape.Nobody,
            ["reference_type"] = attempt.LegUuid is not null ? "call" : attempt.IsAlone && notation.HasFlowReferences ? "flow" : "none",
            ["reference_id"] = reference,
            ["status"] = isDone ? "done" : attempt.AnsweredAt is null ? "dialing" : "progressing",
            ["result"] = isDone ? attempt.Result ?? "fail" : "",
            ["source"] = refs["source"]?.DeepClone() ?? Address(attempt.From),
            ["destination"] = refs["destination"]?.DeepClone() ?? Address(attempt.Number),
            ["destination_index"] = attempt.Destination,
            ["try_count"] = attempt.Try,
            ["tm_create"] = VoipbinTime.Text(attempt.ClaimedAt),
            ["tm_update"] = VoipbinTime.Text(attempt.DeletedAt ?? (isDone ? attempt.SettledAt ?? attempt.EndedAt : attempt.AnsweredAt)),
            ["tm_delete"] = VoipbinTime.Text(attempt.DeletedAt),
        };
    }

    public ValueTask<Reply> List(OperationContext op)
    {
        var query = new AttemptQuery();
        foreach (string name in new[] { "campaign_id", "outdial_target_id" })
            if (op.Query[name] is { } text && !Guid.TryParse(text, out _))
                return new(Wrong(op, name, $"{name} must be a UUID."));
        if (op.Query["status"] is { } stage && !Stages.Contains(stage))
            return new(Wrong(op, "status", $"status must be one of {string.Join(", ", Stages)}."));
        if (op.Query["result"] is { } result && !Results.Contains(result))
            return new(Wrong(op, "result", "result must be success, fail or nothing."));
        return PageAsync(op, query with
        {
            Campaign = op.Query["campaign_id"] is { } campaign ? Guid.Parse(campaign) : null,
            Target = op.Query["outdial_target_id"] is { } target ? Guid.Parse(target) : null,
            Stage = op.Query["status"],
            Result = op.Query["result"],
        });
    }

    public async ValueTask<Reply> ListOfCampaign(OperationContext op) =>
        await op.Dialect.Rows(DialerRows.Campaign).FindAsync(op.Tenant, op.Path("id"), op.Stop) is { } row
            ? await PageAsync(op, new() { Campaign = Guid.Parse(row.Id) }) : await op.UnknownAsync(DialerRows.Campaign, "id");

    public async ValueTask<Reply> Get(OperationContext op) =>
        await FindAsync(op) is { } attempt ? op.Ok(Show(attempt, parts.Notation)) : await UnknownAsync(op);

    public async ValueTask<Reply> Delete(OperationContext op, VoipbinEvents events)
    {
        if (await FindAsync(op) is not { DeletedAt: null } attempt) return await UnknownAsync(op);
        if (attempt.State is not (AttemptState.Settled or AttemptState.Returned))
            return op.Fail(Fault.WrongState, "The campaigncall must be done before it can be deleted.");
        var gone = attempt with { DeletedAt = op.Now };
        var messages = await events.MessagesAsync(op.Tenant,
            new EventFacts(Noun, attempt.Id.ToString(), Noun + "_deleted", Show(gone, parts.Notation), op.Now));
        var note = op.Note("deleted", "voipbin_" + Noun, attempt.Id.ToString(), Show(attempt, parts.Notation));
        return await parts.Store.DialAttempts.RemoveAsync(op.Tenant, attempt.Id, op.Now, messages, note, op.Stop)
            ? op.Ok(Show(gone, parts.Notation)) : await UnknownAsync(op);
    }

    private async ValueTask<Reply> PageAsync(OperationContext op, AttemptQuery query)
    {
        var rows = await parts.Store.DialAttempts.ListAsync(op.Tenant, query with
        {
            Before = MomentPages.Before(op.List),
            Limit = op.List.Size,
            IsDeleted = op.Query["deleted"] is { } deleted ? deleted is "true" : null,
        }, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row, parts.Notation))], rows.Count);
    }

    private async ValueTask<DialAttempt?> FindAsync(OperationContext op) =>
        await parts.Store.DialAttempts.FindAsync(op.Tenant, Guid.Parse(op.Path("id")), op.Stop) is { Refs: not null } attempt
            ? attempt : null;

    private async ValueTask<Reply> UnknownAsync(OperationContext op) =>
        await parts.Store.DialAttempts.IsOthersAsync(op.Tenant, Guid.Parse(op.Path("id")), op.Stop)
            ? op.Fail(Fault.ForeignResource, "This belongs to another account.") : op.Unknown("id", "The resource was not found.");

    private static Reply Wrong(OperationContext op, string parameter, string detail) =>
        op.Fail(new Problem("INVALID_REQUEST_PARAMETER", detail) { Parameter = parameter });

    private static JsonObject Address(string party)
    {
        bool isNumber = party.StartsWith('+');
        return new()
        {
            ["type"] = isNumber ? "tel" : "sip", ["target"] = isNumber ? party : party.Replace("sip:", "", StringComparison.Ordinal),
            ["target_name"] = "", ["name"] = "", ["detail"] = "",
        };
    }
}
