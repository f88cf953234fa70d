using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Agency.Tables;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency;

/// <summary>Clients: the accounts below the agency's.</summary>
internal sealed class AgencyClients(AgencyParts parts)
{
    private const string RecordType = "client";
    /// <summary>So often, and then no more, it is asked whether the calls of an account that was switched off are over.</summary>
    private const int MostLooks = 50;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private ClientLimits Limits => new(parts);

    public async ValueTask<Reply> List(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var seen = (await parts.Tenancy.ClientsAsync(scope.Agency, op.Stop)).Where(row => scope.Sees(row.Id.ToString())).ToList();
        return op.Page([.. seen.Skip(op.List.Offset).Take(op.List.Size).Select(row => (JsonNode)Show(row, scope.Agency))], seen.Count);
    }

    public async ValueTask<Reply> Get(OperationContext op) =>
        await FindAsync(op) is { } row ? op.Ok(Show(row, op.Caller.Root)) : op.Unknown("id");

    public async ValueTask<Reply> Create(OperationContext op)
    {
        if (op.Caller.Child is not null) return op.Fail(Fault.Forbidden, "A client has no clients.");
        var body = op.ReadObject();
        string name = ((string)body["name"]!).Trim();       // required
        if (name.Length == 0) return op.Fail(AgencyText.Bad("name", "A client needs a name."));
        if (Check(body) is { } wrong) return op.Fail(wrong);
        string? slug = AgencyText.Text(body, "slug");
        if (slug is not null && !AgencyText.IsSlug(slug))
            return op.Fail(AgencyText.Bad("slug", "A slug is of small letters, digits and dashes."));
        if (slug is not null && await parts.Tenancy.HasSlugAsync(op.Caller.Root, slug, op.Stop))
            return op.Fail(Fault.Duplicate, "There is a client with this slug.");
        if (await PlanFaultAsync(op, body) is { } none) return op.Fail(none);
        if (GrantFaults(op, body) is { Count: > 0 } ungranted) return op.Fail(ungranted);
        if (ClientLimits.FaultsOf(op, body) is { Count: > 0 } unlimited) return op.Fail(unlimited);
        if (ClientBrand.FaultsOf(op, body) is { Count: > 0 } unlike) return op.Fail(unlike);
        var wanted = new NewChildTenant(name, Email: null, HasOwnPrices: false, IsPaidAbove: true);
        var made = await parts.Store.ChildTenants.CreateAsync(op.Caller.Root, wanted,
            (_, child) => [op.Note("created", "managed_account", child.Id.ToString())], op.Stop);
        if (made is ChildMade.TooMany full) return op.Fail(Fault.Conflict, full.Text);
        if (made is not ChildMade.Done { Child: var account }) return op.Fail(Fault.Conflict, "The account cannot be made now.");
        var now = op.Now;
        var row = new ClientRow
        {
            Id = account.Id.Value, Name = name, Slug = slug ?? AgencyText.SlugOf(name, account.Id.Value), CreatedAt = now,
            UpdatedAt = now, ContactEmail = AgencyText.Text(body, "contact_email"),
            ContactPhone = AgencyText.Text(body, "contact_phone"), Timezone = AgencyText.Text(body, "timezone"),
            RatePlanId = PlanOf(body), RatedFrom = PlanOf(body) is null ? null : Times.Cut(now),
            Permissions = AgencySettings.Given(body, ClientGrants.OfClient, before: null),
            Limits = ClientLimits.GivenBy(body, before: null), MaxConcurrent = account.Channels,
            Branding = ClientBrand.GivenBy(body, before: null),
        };
        var shown = Show(row, op.Caller.Root);
        if (await parts.Tenancy.AddClientAsync(op.Caller.Root, row, op.Note("created", RecordType, row.Id.ToString(), null, shown),
                op.Stop) is ClientChange.Done)
        {
            if (await Limits.SetAsync(op, row.Id, body) is not { } over) return op.Created(Show(Limits.Now(row), op.Caller.Root));
            await RemoveAsync(op, row);
            return op.Fail(over);
        }
        // Nobody has asked for one without its plan.
        await RemoveAsync(op, row);
        return op.Unknown("rate_plan_id");
    }

    public async ValueTask<Reply> Update(OperationContext op)
    {
        if (await FindAsync(op) is not { } client) return op.Unknown("id");
        var (agency, body) = (op.Caller.Root, op.ReadObject());
        if (Check(body) is { } wrong) return op.Fail(wrong);
        bool isRated = body.ContainsKey("rate_plan_id");
        if (isRated && await PlanFaultAsync(op, body) is { } none) return op.Fail(none);
        if (GrantFaults(op, body) is { Count: > 0 } ungranted) return op.Fail(ungranted);
        if (ClientLimits.FaultsOf(op, body) is { Count: > 0 } unlimited) return op.Fail(unlimited);
        if (ClientBrand.FaultsOf(op, body) is { Count: > 0 } unlike) return op.Fail(unlike);
        string status = AgencyText.Text(body, "status") ?? client.Status;
        if (ClientLimits.DeniedTo(op, body, "status", "Whether a client is suspended") is { } denied) return op.Fail(denied);
        if (await Limits.SetAsync(op, client.Id, body) is { } over) return op.Fail(over);
        // What is over is charged by the plan of then.
        if (isRated) await parts.Charging.RunAsync(agency, client.Id, op.Stop);
        var (made, now) = await parts.Tenancy.ChangeClientAsync(agency, client.Id, before => Changed(before, body, op.Now),
            (before, after) => op.Note("updated", RecordType, client.Id.ToString(),
                Show(before with { MaxConcurrent = client.MaxConcurrent }, agency), Show(Limits.Now(after), agency)) with
            {
                Tenant = agency,
            }, op.Stop);
        if (made is ClientChange.Done && status != client.Status) await SwitchAsync(op, client.Id, status);
        return made switch
        {
            ClientChange.Done => op.Ok(Show(Limits.Now(now! with { Status = status }), agency)),      // it has one then
            ClientChange.PlanGone => op.Unknown("rate_plan_id"),
            _ => op.Unknown("id"),
        };
    }

    /// <summary>By its account: nobody calls by one that is switched off, whatever API asks.</summary>
    private async ValueTask SwitchAsync(OperationContext op, Guid client, string status)
    {
        var (agency, account, id) = (op.Caller.Root, new TenantId(client), client.ToString());
        if (status is ClientRow.Suspended)
            await parts.Store.ChildTenants.DisableAsync(agency, account, (_, _) => [op.Note("disabled", "managed_account", id)], op.Stop);
        else
            await parts.Store.ChildTenants.ResumeAsync(agency, account, (_, _) => [op.Note("enabled", "managed_account", id)], op.Stop);
    }

    /// <summary>
    /// Its account is switched off first, so that nobody calls by it any more, and calls that are up end. It stays, with what the ledger
    /// has of it: calls and charges name it, and who must not be called is still not.
    /// </summary>
    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (await FindAsync(op) is not { } client) return op.Unknown("id");
        if (op.Query["confirm"] != client.Slug)
            return op.Fail(new Problem("validation_error", "confirm is the slug of the client that is to be deleted.")
            {
                Parameter = "confirm",
            });
        var (agency, id) = (op.Caller.Root, client.Id.ToString());
        await parts.Follower.FollowAsync(agency, op.Stop);
        if ((await parts.Batches.ListOpenAsync(agency, op.Stop)).Any(batch => batch.ClientId == id)) return InUse(op);
        return await RemoveAsync(op, client) ? op.NoContent() : InUse(op);
    }

    /// <returns>False while a batch of it is not over.</returns>
    private async ValueTask<bool> RemoveAsync(OperationContext op, ClientRow client)
    {
        var (agency, account, id) = (op.Caller.Root, new TenantId(client.Id), client.Id.ToString());
        // It is deleted as of before the look: what ends since is charged, also where that is later.
        var at = op.Now;
        await parts.Store.ChildTenants.DisableAsync(agency, account, (_, _) => [op.Note("disabled", "managed_account", id)], op.Stop);
        // What is up ends within a second, and is charged like any other.
        for (int look = 0; look < MostLooks && (await parts.Store.Legs.ListLiveAsync(account, op.Stop)).Count > 0; look++)
            await Task.Delay(BetweenLooks, TimeProvider.System, op.Stop);
        await parts.Charging.RunAsync(agency, client.Id, op.Stop);
        var note = op.Note("deleted", RecordType, id, Show(client, agency)) with { Tenant = agency };
        bool isGone = await parts.ClientRemoval.RunAsync(agency, account, at, note, op.Stop);
        parts.UsersChanged();
        return isGone;
    }

    private static Reply InUse(OperationContext op) =>
        op.Fail(Fault.InUse, "A batch of the client is not over, or one of its contacts is on the line.");

    private static Problem? Check(JsonObject body) => AgencyText.Text(body, "timezone") is { } zone && !AgencyText.IsZone(zone)
        ? AgencyText.Bad("timezone", $"'{zone}' is no IANA time zone.") : null;

    /// <summary>What is wrong with the plan that is named; a client's own administrators name none.</summary>
    private async ValueTask<Problem?> PlanFaultAsync(OperationContext op, JsonObject body)
    {
        if (!body.ContainsKey("rate_plan_id")) return null;
        if (ClientLimits.DeniedTo(op, body, "rate_plan_id", "What a client pays") is { } denied) return denied;
        return PlanOf(body) is { } id && await parts.RatePlans.FindAsync(op.Caller.Root, id, op.Stop) is null
            ? op.UnknownProblem("rate_plan_id") : null;
    }

    /// <summary>With the fields that the body has.</summary>
    private static ClientRow Changed(ClientRow client, JsonObject body, DateTimeOffset at)
    {
        string? Of(string field, string? was) => body.ContainsKey(field) ? AgencyText.Text(body, field) : was;
        var plan = body.ContainsKey("rate_plan_id") ? PlanOf(body) : client.RatePlanId;
        return client with
        {
            Name = AgencyText.Text(body, "name") ?? client.Name,
            ContactEmail = Of("contact_email", client.ContactEmail),
            ContactPhone = Of("contact_phone", client.ContactPhone),
            Timezone = Of("timezone", client.Timezone),
            RatePlanId = plan,
            RatedFrom = plan is null ? null : client.RatedFrom ?? Times.Cut(at),
            Permissions = AgencySettings.Given(body, ClientGrants.OfClient, client.Permissions),
            Limits = ClientLimits.GivenBy(body, client.Limits),
            Branding = ClientBrand.GivenBy(body, client.Branding),
            UpdatedAt = at,
        };
    }

    /// <summary>What is wrong with grants; a client's own administrators give none.</summary>
    private static List<Problem> GrantFaults(OperationContext op, JsonObject body)
    {
        if (ClientLimits.DeniedTo(op, body, ClientGrants.OfClient, "What a client may") is { } denied) return [denied];
        var given = body[ClientGrants.OfClient] as JsonObject ?? [];
        return [.. ClientGrants.FaultsOf(given).Select(one => AgencyText.Bad(one.Path, one.Sentence))];
    }

    private static Guid? PlanOf(JsonObject body) => AgencyText.Text(body, "rate_plan_id") is { } id ? Guid.Parse(id) : null;

    private async ValueTask<ClientRow?> FindAsync(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        return scope.Sees(op.Path("id")) ? await parts.Tenancy.ClientAsync(scope.Agency, op.Path("id"), op.Stop) : null;
    }

    public static JsonObject Show(ClientRow row, TenantId agency) => new()
    {
        ["id"] = row.Id.ToString(), ["agency_id"] = agency.ToString(), ["name"] = row.Name, ["slug"] = row.Slug, ["status"] = row.Status,
        ["contact_email"] = row.ContactEmail, ["contact_phone"] = row.ContactPhone, ["timezone"] = row.Timezone,
        ["rate_plan_id"] = row.RatePlanId?.ToString(), [ClientGrants.OfClient] = row.Permissions?.DeepClone() ?? new JsonObject(),
        [ClientLimits.Field] = ClientLimits.Show(row), [ClientBrand.Field] = row.Branding?.DeepClone() ?? new JsonObject(),
        ["created_at"] = AgencyText.Time(row.CreatedAt), ["updated_at"] = AgencyText.Time(row.UpdatedAt),
    };
}
