using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Agency.Providers;

/// <summary>
/// Has the provider of voices call by the agency's carrier: what that takes is made at the carrier, once, and the provider is told of it.
/// Each step is kept before the next one begins, so that what fails goes on where it stood.
/// </summary>
internal sealed class Telephony(AgencyParts parts)
{
    private const string Applications = "/call_control_applications", Profiles = "/outbound_voice_profiles";
    private const string AtProvider = "/api/telephony_configs/telnyx", RecordType = "agency_integration";
    private const string NameOfApplication = "application_name", NameOfProfile = "name", AllowAll = "callCreationAllowAllAgents";

    /// <summary>Longer than all steps take together, each as patient as it is.</summary>
    private static readonly TimeSpan Busy = TimeSpan.FromMinutes(5);

    private readonly ProviderKeys? _keys = parts.Store is null ? null : new(parts.Store);

    public async ValueTask<Reply> Provision(OperationContext op)
    {
        var own = await OwnAsync(op);
        if (own.TelephonyAt is not null && (bool?)op.ReadObject()["force"] is not true)
            return op.Fail(AgencyText.Bad("force", "Telephony is configured: force configures it anew."));
        if (MissingOf(own, isMade: false) is { Count: > 0 } missing) return Lacking(op, missing);
        if (LockedOf(own) is { Count: > 0 } locked) return Shut(op, locked);
        if (parts.Web?.Of(op.Tenant) is not { } web) return op.Fail(Fault.Unavailable, "Nothing asks the carrier here.");
        var (at, until) = (Times.Cut(op.Now), Times.Cut(op.Now) + Busy);
        if (!await parts.Integrations.TakeTelephonyAsync(own.TenantId, at, until, op.Stop))
            return op.Fail(Fault.WrongState, "Another request is configuring telephony at this moment.");
        try
        {
            // What another has made meanwhile is used.
            return await MakeAsync(op, await OwnAsync(op), web);
        }
        finally
        {
            await parts.Integrations.LeaveTelephonyAsync(own.TenantId, until);
        }
    }

    private async ValueTask<Reply> MakeAsync(OperationContext op, IntegrationRow own, IProviderWeb web)
    {
        var carrier = new CarrierApi(web, own.CarrierBaseUrl ?? ProviderKeys.UsualCarrierUrl, _keys!.CarrierKeyOf(own)!);
        var done = new JsonArray();
        string name = $"ringwright-{own.TenantId}", hook = op.Links.To(
            $"{AgencyDialect.Root}/webhooks/carrier/{own.TenantId}/{_keys.PathSecretOf(own.TenantId, own.PathNonce)}");

        var made = new JsonObject { [NameOfApplication] = name, ["webhook_event_url"] = hook, ["webhook_api_version"] = "2" };
        var (application, fault) = await carrier.EnsureAsync(Applications, own.CarrierApplication, NameOfApplication, made, op.Stop);
        if (application is null) return Failed(op, "create_telnyx_application", fault, done);
        string applicationId = CarrierApi.TextOf(application["id"])!;
        own = await KeepAsync(op, own, row => row with { CarrierApplication = applicationId });
        Add(done, "create_telnyx_application", new() { ["application_id"] = applicationId });

        (var profile, fault) = await carrier.EnsureAsync(Profiles, own.CarrierProfile, NameOfProfile,
            new() { [NameOfProfile] = name }, op.Stop);
        if (profile is null) return Failed(op, "create_outbound_profile", fault, done);
        string profileId = CarrierApi.TextOf(profile["id"])!;
        own = await KeepAsync(op, own, row => row with { CarrierProfile = profileId });
        Add(done, "create_outbound_profile", new() { ["outbound_profile_id"] = profileId });

        // An application that the agency has named itself keeps what it is.
        if (CarrierApi.TextOf(application[NameOfApplication]) == name)
        {
            var joined = new JsonObject
            {
                [NameOfApplication] = name, ["webhook_event_url"] = hook,
                ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profileId },
            };
            fault = await carrier.ChangeAsync($"{Applications}/{Uri.EscapeDataString(applicationId)}", joined, op.Stop);
            if (fault is not null) return Failed(op, "store_resource_ids", fault, done);
        }
        Add(done, "store_resource_ids", new() { ["application_id"] = applicationId, ["outbound_profile_id"] = profileId });

        if (await TellAsync(own, web, allowAll: true, op.Stop) is { } why) return Failed(op, "import_to_ultravox", why, done);
        Add(done, "import_to_ultravox", []);
        own = await KeepAsync(op, own, row => row with { TelephonyAt = op.Now });
        Add(done, "mark_configured", []);
        return op.Ok(new JsonObject
        {
            ["success"] = true, ["provisioned"] = true, ["telephony_configured"] = own.TelephonyAt is not null,
            ["completed_steps"] = done,
        });
    }

    /// <summary>The provider is told of what the agency has at the carrier, and nothing is made there.</summary>
    public async ValueTask<Reply> Import(OperationContext op)
    {
        var own = await OwnAsync(op);
        if (MissingOf(own, isMade: true) is { Count: > 0 } missing) return Lacking(op, missing);
        if (LockedOf(own) is { Count: > 0 } locked) return Shut(op, locked);
        if (parts.Web?.Of(op.Tenant) is not { } web) return op.Fail(Fault.Unavailable, "Nothing asks the provider here.");
        bool all = (bool?)op.ReadObject()["allow_all_agents"] ?? true;
        if (await TellAsync(own, web, all, op.Stop) is { } why)
            return op.Fail(new Problem("provider_error", $"The provider was not told of the carrier: {why}."));
        own = await KeepAsync(op, own, row => row with { TelephonyAt = op.Now });
        return op.Ok(new JsonObject { ["success"] = true, ["telephony_configured"] = own.TelephonyAt is not null });
    }

    /// <summary>What is known here beside what the provider says. Nothing is changed.</summary>
    public async ValueTask<Reply> Verify(OperationContext op)
    {
        var own = await OwnAsync(op);
        var issues = MissingOf(own, isMade: true).Select(one => $"{one} is missing.").ToList();
        issues.AddRange(LockedOf(own).Select(one => $"{one}: {ProviderKeys.Locked}."));
        var (there, status) = await ProviderApi.OfAsync(parts, own.TenantId, op.Stop) is { } api
            ? await api.FindAsync(AtProvider, op.Stop) : (null, null);
        if (there is not null)
        {
            if (CarrierApi.TextOf(there["applicationSid"]) != own.CarrierApplication)
                issues.Add("The provider calls by another application.");
            if (there[AllowAll] is not JsonValue all || !all.TryGetValue(out bool isAll) || !isAll)
                issues.Add("The provider makes calls of some agents alone.");
        }
        else if (own.ApiKey is not null)
            issues.Add(status is 404 ? "The provider does not know of the carrier."
                : "The provider did not say what it knows of the carrier.");
        return op.Ok(new JsonObject
        {
            ["local"] = new JsonObject
            {
                ["application_id"] = own.CarrierApplication, ["outbound_profile_id"] = own.CarrierProfile,
                ["telephony_configured_at"] = AgencyText.Time(own.TelephonyAt),
            },
            ["provider"] = there is null ? null : new JsonObject
            {
                ["account_sid"] = CarrierApi.TextOf(there["accountSid"]), ["application_id"] = CarrierApi.TextOf(there["applicationSid"]),
            },
            ["in_sync"] = issues.Count == 0,
            ["sync_issues"] = issues.Count == 0 ? null : new JsonArray([.. issues.Select(one => (JsonNode)one)]),
            ["ready_for_calls"] = issues.Count == 0 && own.TelephonyAt is not null,
        });
    }

    /// <summary>What is there is changed; what is not comes to be: https://docs.ultravox.ai/api-reference/telephony/telnyx-patch.</summary>
    /// <returns>Why the provider does not know of it; null when it does.</returns>
    private async ValueTask<string?> TellAsync(IntegrationRow own, IProviderWeb web, bool allowAll, CancellationToken stop)
    {
        var body = new JsonObject
        {
            ["apiKey"] = _keys!.CarrierKeyOf(own), ["publicKey"] = own.CarrierPublicKey,
            ["applicationSid"] = own.CarrierApplication, [AllowAll] = allowAll,
        };
        if (own.CarrierAccount is { } account) body["accountSid"] = account;
        string url = (own.BaseUrl ?? ProviderKeys.UsualBaseUrl) + AtProvider, key = _keys.ApiKeyOf(own)!;
        var answer = await web.SendAsync(new("PATCH", url, key) { Body = body }, stop);
        if (answer is { Fault: null, Status: 404 }) answer = await web.SendAsync(new("POST", url, key) { Body = body }, stop);
        return answer.IsSuccess ? null : answer.Why;
    }

    /// <param name="isMade">The application is to be there already.</param>
    internal static List<string> MissingOf(IntegrationRow own, bool isMade)
    {
        var missing = new List<string>();
        if (own.ApiKey is null) missing.Add("ultravox_api_key");
        if (own.CarrierKey is null) missing.Add("telnyx_api_key");
        if (own.CarrierPublicKey is null) missing.Add("telnyx_public_key");
        if (isMade && own.CarrierApplication is null) missing.Add("telnyx_application_id");
        return missing;
    }

    private List<string> LockedOf(IntegrationRow own) =>
        [.. _keys!.LockedOf(own).Where(one => one is ProviderKeys.ProviderKey or ProviderKeys.CarrierKey)];

    /// <summary>To be put once more, as if they were not there.</summary>
    private static Reply Shut(OperationContext op, List<string> locked) =>
        Lacking(op, locked, $"{string.Join(", ", locked)}: {ProviderKeys.Locked}. Put it once more.");

    private static Reply Lacking(OperationContext op, List<string> missing, string? sentence = null)
    {
        List<Problem> problems =
        [
            new("missing_credentials", sentence ?? $"Not all is there that it takes: {string.Join(", ", missing)}."),
            .. missing.Select(one => new Problem("missing_credentials", one) { Pointer = "/missing" }),
        ];
        return op.Fail(problems);
    }

    private static Reply Failed(OperationContext op, string step, string? why, JsonArray done)
    {
        List<Problem> problems =
        [
            new("provider_error", $"The step {step} failed: {why}. What was done before stays, and the next request goes on with it."),
            new("provider_error", step) { Pointer = "/failed_step" },
            .. done.Select(one => new Problem("provider_error", (string)one!["step"]!) { Pointer = "/completed_steps" }),
        ];
        return op.Fail(problems);
    }

    private static void Add(JsonArray done, string step, JsonObject data) =>
        done.Add((JsonNode)new JsonObject { ["success"] = true, ["step"] = step, ["data"] = data });

    private ValueTask<IntegrationRow> OwnAsync(OperationContext op) =>
        parts.Integrations.EnsureAsync(op.Caller.Root, ProviderKeys.NewNonce(), op.Now, op.Stop);

    private ValueTask<IntegrationRow> KeepAsync(OperationContext op, IntegrationRow own, Func<IntegrationRow, IntegrationRow> change)
    {
        var note = op.Note("provisioned", RecordType, own.Id.ToString()) with { Tenant = own.TenantId };
        return parts.Integrations.ChangeAsync(own.TenantId, row => change(row) with { UpdatedAt = op.Now }, note, op.Stop);
    }
}
