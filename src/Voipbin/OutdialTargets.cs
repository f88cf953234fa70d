using System.Text.Json.Nodes;
using Ringwright.Campaigns.Dialling;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin;

/// <summary>Whom a list names: up to five addresses each, tried in their order.</summary>
internal sealed class OutdialTargets
{
    public const string Noun = "outdialtarget", NoList = "OUTDIAL_NOT_FOUND";

    private readonly VoipbinParts _parts;
    private readonly Schema _shape;

    public OutdialTargets(Contract contract, VoipbinEvents events, VoipbinParts parts)
    {
        _parts = parts;
        _shape = contract.Schemas.Find("Target")!; // it is in the program
        Kind = new(DialerRows.Target.RecordType)
        {
            Deletes = DeleteStyle.Keep,
            Under = new(DialerRows.Outdial, "outdial_id") { Missing = NoList },
            MintId = static (op, _) => Target.NewId(op.Now).ToString(),
            Show = (_, row, shown) =>
            {
                var whole = TargetDocument.Show(_shape, row);
                shown.Clear();
                foreach (var (name, value) in whole) shown[name] = value?.DeepClone();
            },
            TakenCode = "OUTDIAL_TARGET_ALREADY_EXISTS",
            TakenDetail = "The list has a target with this first address.",
            Instead = FindSameAsync,
            Validate = CheckAsync,
            Work = async change => new()
            {
                Messages = await events.MessagesAsync(change.Row.Tenant, new EventFacts(Noun, change.Row.Id, $"{Noun}_{change.Name}",
                    TargetDocument.Show(_shape, change.Row), change.At)),
            },
            Changed = async (change, stop) =>
            {
                // Whoever is about to dial one that was deleted, on whichever node, does not.
                if (change.After is { } after && ResourceKind.DeletedAt(after) is not null)
                    await CampaignSwitch.WithdrawAsync(parts.Store, after.Tenant, [Guid.Parse(after.Id)], CampaignSwitch.TooLate, change.At,
                        stop);
                parts.CampaignsChanged();
            },
        };
    }

    public ResourceKind Kind { get; }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, ResourceRow? before)
    {
        var list = await op.Dialect.Rows(DialerRows.Outdial).FindAsync(op.Tenant, op.Path("id"), op.Stop);
        if (before is null)
        {
            body["status"] = "idle";
            // Lists that were deleted are found, and take nobody any more.
            if (list is null || ResourceKind.DeletedAt(list) is not null) return new(NoList, "The list was deleted.");
        }
        else if ((string?)before.Body["status"] is not "idle")
        {
            return op.Dialect.Errors.Problem(Fault.WrongState, "Only a target that is idle can be changed.");
        }
        // Two that the API was told to make are two, and so is one whose address was changed, but where the list says otherwise.
        body.Remove(TargetDocument.ImportKey);
        if (TargetDocument.Check(body) is { } wrong) return wrong;
        if (list is not null && Outdials.DedupeOf(list) is not null) body[TargetDocument.ImportKey] = TargetDocument.KeyOf(body);
        return null;
    }

    /// <summary>Of a list that passes over whom it has: that one.</summary>
    private async ValueTask<ResourceRow?> FindSameAsync(OperationContext op, ResourceRow given)
    {
        if ((string?)given.Body[TargetDocument.ImportKey] is not { } key
            || await op.Dialect.Rows(DialerRows.Outdial).FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } list
            || Outdials.DedupeOf(list) is not Outdials.Skip
            || await _parts.Store.Targets.FindByKeyAsync(op.Tenant, Guid.Parse(list.Id), key, op.Stop) is not { } same)
            return null;
        return await op.Dialect.Rows(DialerRows.Target).FindAsync(op.Tenant, same.Id.ToString(), op.Stop);
    }

    /// <summary>It is called once more, from the first try on.</summary>
    public async ValueTask<Reply> Reset(OperationContext op)
    {
        var rows = op.Dialect.Rows(DialerRows.Target);
        if (await op.Dialect.Rows(DialerRows.Outdial).FindAsync(op.Tenant, op.Path("id"), op.Stop) is null)
            return await op.UnknownAsync(DialerRows.Outdial, "id", NoList);
        if (await FindAsync() is not { } row || ResourceKind.DeletedAt(row) is not null)
            return await op.UnknownAsync(DialerRows.Target, "target_id");
        if (await _parts.Store.Targets.ResetAsync(op.Tenant, [Guid.Parse(row.Id)], op.Now, op.Stop) == 0)
            return op.Fail(Fault.WrongState, "The target is being called.");
        _parts.CampaignsChanged();
        return await FindAsync() is { } now ? op.Ok(TargetDocument.Show(_shape, now))
            : await op.UnknownAsync(DialerRows.Target, "target_id");

        async ValueTask<ResourceRow?> FindAsync() =>
            await rows.FindAsync(op.Tenant, op.Path("target_id"), op.Stop) is { } found
                && (string?)found.Body["outdial_id"] == op.Path("id") ? found : null;
    }
}
