using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Calls.Pricing;
using Ringwright.Http;

namespace Ringwright.Agency.Billing;

/// <summary>What an agency asks of clients: prices of minutes and numbers, for as many clients as have the plan.</summary>
internal sealed class RatePlans(AgencyParts parts)
{
    public const string RecordType = "rate_plan";

    /// <summary>A million of the unit: what a call of a day comes to is far from where numbers end.</summary>
    private const long MostMicros = 1_000_000_000_000;

    private static readonly string[] Prices = ["price_per_minute", "number_fee"];

    public async ValueTask<Reply> List(OperationContext op)
    {
        var (rows, total) = await parts.RatePlans.ListAsync(op.Caller.Root, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public async ValueTask<Reply> Create(OperationContext op)
    {
        if (IsReader(op)) return Forbidden(op);
        var body = op.ReadObject();
        if (FaultOf(body) is { } wrong) return op.Fail(wrong);
        var now = op.Now;
        var plan = Changed(new()
        {
            Id = Guid.CreateVersion7(now), TenantId = op.Caller.Root, Currency = Money.UsualCurrency, CreatedAt = now,
        }, body, now);
        var note = op.Note("created", RecordType, plan.Id.ToString(), null, Show(plan)) with { Tenant = plan.TenantId };
        return await parts.RatePlans.AddAsync(plan, note, op.Stop) is RatePlanChange.Done ? op.Created(Show(plan)) : NameTaken(op);
    }

    /// <summary>What was charged by it stays as it was charged; calls that are over are, by what it was.</summary>
    public async ValueTask<Reply> Update(OperationContext op)
    {
        if (IsReader(op)) return Forbidden(op);
        var body = op.ReadObject();
        if (!Guid.TryParse(op.Path("id"), out var id) || await parts.RatePlans.FindAsync(op.Caller.Root, id, op.Stop) is null)
            return op.Unknown("id");
        if (FaultOf(body) is { } wrong) return op.Fail(wrong);
        await parts.Charging.RunAsync(op.Caller.Root, op.Stop);
        var (made, now) = await parts.RatePlans.ChangeAsync(op.Caller.Root, id, before => Changed(before, body, op.Now),
            (before, after) => op.Note("updated", RecordType, id.ToString(), Show(before), Show(after)) with
            {
                Tenant = op.Caller.Root,
            }, op.Stop);
        return made switch
        {
            RatePlanChange.Done => op.Ok(Show(now!)),       // it has one then
            RatePlanChange.NameTaken => NameTaken(op),
            _ => op.Unknown("id"),
        };
    }

    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (IsReader(op)) return Forbidden(op);
        if (!Guid.TryParse(op.Path("id"), out var id) || await parts.RatePlans.FindAsync(op.Caller.Root, id, op.Stop) is not { } plan)
            return op.Unknown("id");
        var note = op.Note("deleted", RecordType, id.ToString(), Show(plan)) with { Tenant = plan.TenantId };
        return await parts.RatePlans.RemoveAsync(plan.TenantId, id, note, op.Stop) switch
        {
            RatePlanChange.Done => op.NoContent(),
            RatePlanChange.InUse => op.Fail(Fault.InUse, "A client has the plan."),
            _ => op.Unknown("id"),
        };
    }

    /// <summary>An administrator of the agency reads plans, and an owner writes them.</summary>
    private static bool IsReader(OperationContext op) => Permissions.MayInPart(AgencyRoles.Of(op.Caller), "billing.plans");

    private static Reply Forbidden(OperationContext op) => op.Fail(Fault.Forbidden, "Plans are an owner's to change.");

    private static Reply NameTaken(OperationContext op) => op.Fail(Fault.Duplicate, "There is a plan of this name.");

    /// <summary>What is wrong with the fields that the body has.</summary>
    private static Problem? FaultOf(JsonObject body)
    {
        if (body.ContainsKey("name") && AgencyText.Text(body, "name") is null) return AgencyText.Bad("name", "A plan needs a name.");
        if (body["currency"] is { } currency && !Money.IsCurrency((string?)currency))
            return AgencyText.Bad("currency", "currency is three capital letters of ISO 4217, such as USD.");
        return Prices.FirstOrDefault(name => body[name] is { } said && MicrosOf((string)said!) is null) is { } wrong       // a text
            ? AgencyText.Bad(wrong, $"{wrong} is a decimal number of units, 0 to 1000000, with at most six digits behind the point.")
            : null;
    }

    private static long? MicrosOf(string text) =>
        Money.TryParse(text, out long micros) && micros is >= 0 and <= MostMicros ? micros : null;

    /// <summary>With the fields that the body has.</summary>
    private static RatePlanRow Changed(RatePlanRow plan, JsonObject body, DateTimeOffset at) => plan with
    {
        Name = AgencyText.Text(body, "name") ?? plan.Name,
        Currency = (string?)body["currency"] ?? plan.Currency,
        MinuteMicros = body["price_per_minute"] is { } minute ? MicrosOf((string)minute!)!.Value : plan.MinuteMicros,      // it was read
        NumberMicros = body["number_fee"] is { } number ? MicrosOf((string)number!)!.Value : plan.NumberMicros,
        InitialSeconds = (long?)body["initial_seconds"] ?? plan.InitialSeconds,
        StepSeconds = (long?)body["step_seconds"] ?? plan.StepSeconds,
        IncludedMinutes = (long?)body["included_minutes"] ?? plan.IncludedMinutes,
        UpdatedAt = at,
    };

    private static JsonObject Show(RatePlanRow plan) => new()
    {
        ["id"] = plan.Id.ToString(), ["agency_id"] = plan.TenantId.ToString(), ["name"] = plan.Name, ["currency"] = plan.Currency,
        ["price_per_minute"] = Money.Format(plan.MinuteMicros), ["number_fee"] = Money.Format(plan.NumberMicros),
        ["initial_seconds"] = plan.InitialSeconds, ["step_seconds"] = plan.StepSeconds, ["included_minutes"] = plan.IncludedMinutes,
        ["created_at"] = AgencyText.Time(plan.CreatedAt), ["updated_at"] = AgencyText.Time(plan.UpdatedAt),
    };
}
