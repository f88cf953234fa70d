using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;
using Ringwright.Store.Audit;

namespace Ringwright.Agency.Providers;

/// <summary>
/// What an agency and its provider of voices are to know of each other: the address for webhooks, whose secret makes it the agency's, the
/// keys by which they are signed, and the key by which the provider is asked; and the same of its carrier, and of a language model of its
/// own. No key is shown again.
/// </summary>
internal sealed class Integrations(AgencyParts parts)
{
    private const string RecordType = "agency_integration";
    private const string OfAnswers = "/chat/completions";
    private const string KeyAgain = "With another base_url the key is given again.", NoKey = "api_key is printable ASCII without spaces.";
    private const int ShownLetters = 4, UsualGraceMinutes = 60;

    private readonly ProviderKeys? _keys = parts.Store is null ? null : new(parts.Store);

    public async ValueTask<Reply> Get(OperationContext op) => await AnswerAsync(op, await OwnAsync(op));

    public async ValueTask<Reply> PutUltravox(OperationContext op)
    {
        var body = op.ReadObject();
        string? key = AgencyText.Text(body, "api_key"), url = AgencyText.Text(body, "base_url");
        if (url is not null && FaultOf(url, ProviderKeys.UsualBaseUrl) is { } wrong) return op.Fail(AgencyText.Bad("base_url", wrong));
        if (key is not null && !IsKey(key)) return op.Fail(AgencyText.Bad("api_key", NoKey));
        var own = await OwnAsync(op);
        string baseUrl = url?.TrimEnd('/') ?? own.BaseUrl ?? ProviderKeys.UsualBaseUrl;
        // The key that is there goes to no other address than the one that it was given for.
        if (key is null && own.ApiKey is not null && url is not null && baseUrl != (own.BaseUrl ?? ProviderKeys.UsualBaseUrl))
            return op.Fail(AgencyText.Bad("api_key", KeyAgain));
        if (key is not null && await RefusalAsync(op, new("GET", baseUrl + ProviderCheck.OfAccount, key)) is { } refused) return refused;
        var secrets = (body["webhook_signing_secrets"] as JsonArray)?.Select(one => (string)one!).ToList();
        var now = op.Now;
        var after = await parts.Integrations.ChangeAsync(own.TenantId, row =>
        {
            row = row with { UpdatedAt = now };
            // A key and the address that it is for are one thing.
            if (key is not null || (url is not null && row.ApiKey is null))
                row = row with { BaseUrl = baseUrl == ProviderKeys.UsualBaseUrl ? null : baseUrl };
            if (secrets is not null) row = row with { SigningSecrets = _keys!.SealSigning(row.TenantId, secrets) };
            return key is null ? row : row with
            {
                ApiKey = _keys!.SealKey(row.TenantId, key),
                KeyPrefix = key[..Math.Min(ShownLetters, key.Length / 2)],
                KeyAddedAt = now,
                KeyValidatedAt = now,
            };
        }, NoteOf(op, own, "updated"), op.Stop);
        return await AnswerAsync(op, after);
    }

    /// <summary>The carrier's: the key by which it is asked is kept when it knows it, the one by which it signs as it is said.</summary>
    public async ValueTask<Reply> PutTelnyx(OperationContext op)
    {
        var body = op.ReadObject();
        string? key = AgencyText.Text(body, "api_key"), url = AgencyText.Text(body, "base_url");
        string? signs = AgencyText.Text(body, "public_key"), account = AgencyText.Text(body, "account_sid");
        string? application = AgencyText.Text(body, "application_id");
        if (url is not null && FaultOf(url, ProviderKeys.UsualCarrierUrl) is { } wrong) return op.Fail(AgencyText.Bad("base_url", wrong));
        if (key is not null && !IsKey(key)) return op.Fail(AgencyText.Bad("api_key", NoKey));
        if (signs is not null && CarrierSignature.KeyOf(signs) is null)
            return op.Fail(AgencyText.Bad("public_key", "public_key is an Ed25519 key: 32 bytes in base64."));
        var own = await OwnAsync(op);
        string baseUrl = url?.TrimEnd('/') ?? own.CarrierBaseUrl ?? ProviderKeys.UsualCarrierUrl;
        if (key is null && own.CarrierKey is not null && url is not null
            && baseUrl != (own.CarrierBaseUrl ?? ProviderKeys.UsualCarrierUrl)) return op.Fail(AgencyText.Bad("api_key", KeyAgain));
        if (key is not null
            && await RefusalAsync(op, new("GET", baseUrl + ProviderCheck.OfBalance, key) { IsBearer = true }) is { } refused)
            return refused;
        var now = op.Now;
        var after = await parts.Integrations.ChangeAsync(own.TenantId, row =>
        {
            row = row with
            {
                UpdatedAt = now,
                CarrierPublicKey = signs ?? row.CarrierPublicKey,
                CarrierAccount = account ?? row.CarrierAccount,
            };
            if (key is not null || (url is not null && row.CarrierKey is null))
            {
                string? kept = baseUrl == ProviderKeys.UsualCarrierUrl ? null : baseUrl;
                // What is there at one address is nothing at another.
                if (kept != row.CarrierBaseUrl) row = row with { CarrierApplication = null, CarrierProfile = null, TelephonyAt = null };
                row = row with { CarrierBaseUrl = kept };
            }
            // The provider of voices knows the one of before.
            if (application is not null && application != row.CarrierApplication)
                row = row with { CarrierApplication = application, TelephonyAt = null };
            return key is null ? row : row with
            {
                CarrierKey = _keys!.SealCarrierKey(row.TenantId, key),
                CarrierKeyPrefix = key[..Math.Min(ShownLetters, key.Length / 2)],
                CarrierAddedAt = now,
                CarrierValidatedAt = now,
            };
        }, NoteOf(op, own, "updated"), op.Stop);
        return await AnswerAsync(op, after);
    }

    /// <summary>The model that judges the agency's calls from now on, in place of the node's. All of it is given at once.</summary>
    public async ValueTask<Reply> PutLlm(OperationContext op)
    {
        var body = op.ReadObject();
        string url = ((string)body["base_url"]!).TrimEnd('/'), key = (string)body["api_key"]!, model = (string)body["model"]!;  // required
        if (FaultOf(url, ProviderKeys.ExampleModelUrl) is { } wrong) return op.Fail(AgencyText.Bad("base_url", wrong));
        if (url.EndsWith(OfAnswers, StringComparison.Ordinal))
            return op.Fail(AgencyText.Bad("base_url",
                $"base_url goes up to and without {OfAnswers}, such as {ProviderKeys.ExampleModelUrl}."));
        if (!IsKey(key)) return op.Fail(AgencyText.Bad("api_key", NoKey));
        if (parts.Web?.Of(op.Tenant) is not { } web) return op.Fail(Fault.Unavailable, "Nothing asks the model here.");
        var own = await OwnAsync(op);
        var answer = await web.SendAsync(new("GET", url + ProviderCheck.OfModels, key) { IsBearer = true }, op.Stop);
        // Not each server lists its models: whether the key is good is seen with the first call that is judged.
        bool hasNoList = answer is { Fault: null, Status: 404 or 405 };
        if (!hasNoList && RefusalOf(op, answer) is { } refused) return refused;
        var now = op.Now;
        var after = await parts.Integrations.ChangeAsync(own.TenantId, row => row with
        {
            LlmBaseUrl = url,
            LlmKey = _keys!.SealModelKey(row.TenantId, key),
            LlmKeyPrefix = key[..Math.Min(ShownLetters, key.Length / 2)],
            LlmModel = model,
            LlmAddedAt = now,
            LlmValidatedAt = hasNoList ? null : now,
            UpdatedAt = now,
        }, NoteOf(op, own, "updated"), op.Stop);
        return await AnswerAsync(op, after);
    }

    public async ValueTask<Reply> Delete(OperationContext op)
    {
        string name = op.Path("name");
        if (name is not (ProviderCallTable.Provider or ProviderKeys.Carrier or ProviderKeys.Model)) return op.Unknown("name");
        if ((await parts.Batches.ListOpenAsync(op.Caller.Root, op.Stop)).Any(batch => !batch.IsOver))
            return op.Fail(Fault.WrongState, "A batch is not over: its calls are told and judged by what would be deleted.");
        var own = await OwnAsync(op);
        return name is ProviderKeys.Carrier ? await DeleteCarrierAsync(op, own)
            : name is ProviderKeys.Model ? await DeleteModelAsync(op, own) : await DeleteProviderAsync(op, own);
    }

    /// <summary>The node's judges the agency's calls again, where it has one.</summary>
    private async ValueTask<Reply> DeleteModelAsync(OperationContext op, IntegrationRow own)
    {
        await parts.Integrations.ChangeAsync(own.TenantId, row => row with
        {
            LlmBaseUrl = null,
            LlmKey = null,
            LlmKeyPrefix = null,
            LlmModel = null,
            LlmAddedAt = null,
            LlmValidatedAt = null,
            UpdatedAt = op.Now,
        }, NoteOf(op, own, "deleted"), op.Stop);
        return op.NoContent();
    }

    /// <summary>What the agency has at the carrier stays there.</summary>
    private async ValueTask<Reply> DeleteCarrierAsync(OperationContext op, IntegrationRow own)
    {
        await parts.Integrations.ChangeAsync(own.TenantId, row => row with
        {
            CarrierBaseUrl = null,
            CarrierKey = null,
            CarrierKeyPrefix = null,
            CarrierPublicKey = null,
            CarrierAccount = null,
            CarrierAddedAt = null,
            CarrierValidatedAt = null,
            CarrierApplication = null,
            CarrierProfile = null,
            TelephonyAt = null,
            UpdatedAt = op.Now,
        }, NoteOf(op, own, "deleted"), op.Stop);
        return op.NoContent();
    }

    /// <summary>The provider is asked no more, and believed no more: its address is another one.</summary>
    private async ValueTask<Reply> DeleteProviderAsync(OperationContext op, IntegrationRow own)
    {
        await parts.Integrations.ChangeAsync(own.TenantId, row => row with
        {
            BaseUrl = null,
            ApiKey = null,
            KeyPrefix = null,
            KeyAddedAt = null,
            KeyValidatedAt = null,
            UpdatedAt = op.Now,
            // Nobody knows the address but whoever is to be believed no more.
            SigningSecrets = null,
            PathNonce = ProviderKeys.NewNonce(),
            OldPathNonce = null,
            OldPathEndsAt = null,
        }, NoteOf(op, own, "deleted"), op.Stop);
        await parts.ProviderVoices.ReplaceAsync(own.TenantId, [], op.Now, note: null, op.Stop);
        return op.NoContent();
    }

    /// <summary>Another address; the one of before is good for a while.</summary>
    public async ValueTask<Reply> Rotate(OperationContext op)
    {
        // Administrators read the address.
        if (Permissions.MayInPart(AgencyRoles.Of(op.Caller), "webhook_secret.rotate"))
            return op.Fail(Fault.Forbidden, "An owner gives another address.");
        var own = await OwnAsync(op);
        var now = op.Now;
        int minutes = (int?)op.ReadObject()["grace_minutes"] ?? UsualGraceMinutes;
        var after = await parts.Integrations.ChangeAsync(own.TenantId, row => row with
        {
            PathNonce = ProviderKeys.NewNonce(),
            OldPathNonce = row.PathNonce,
            OldPathEndsAt = now.AddMinutes(minutes),
            UpdatedAt = now,
        }, NoteOf(op, own, "rotated"), op.Stop);
        return await AnswerAsync(op, after);
    }

    private ValueTask<IntegrationRow> OwnAsync(OperationContext op) =>
        parts.Integrations.EnsureAsync(op.Caller.Root, ProviderKeys.NewNonce(), op.Now, op.Stop);

    private static AuditNote NoteOf(OperationContext op, IntegrationRow own, string change) =>
        op.Note(change, RecordType, own.Id.ToString()) with { Tenant = own.TenantId };

    /// <summary>It stands in a header.</summary>
    private static bool IsKey(string key) => key.All(c => c is > ' ' and <= '~');

    /// <summary>Why it is no address to ask at; null when it is one.</summary>
    private string? FaultOf(string url, string example) =>
        !Uri.TryCreate(url, UriKind.Absolute, out var read) || read.Scheme is not ("https" or "http") || read.Query.Length > 0
            || read.Fragment.Length > 0 || read.UserInfo.Length > 0 ? $"base_url is an address such as {example}."
            : parts.UrlFault(url);

    /// <summary>One question that costs nothing tells whether the key is good; null when it is.</summary>
    private async ValueTask<Reply?> RefusalAsync(OperationContext op, ProviderRequest question)
    {
        if (parts.Web?.Of(op.Tenant) is not { } web) return op.Fail(Fault.Unavailable, "Nothing asks the provider here.");
        return RefusalOf(op, await web.SendAsync(question, op.Stop));
    }

    private static Reply? RefusalOf(OperationContext op, ProviderAnswer answer)
    {
        if (answer.IsSuccess) return null;
        return answer is { Fault: null, Status: 401 or 403 }
            ? op.Fail(new Problem("invalid_credentials", "The provider does not know the key.") { Pointer = "/api_key" })
            : op.Fail(new Problem("provider_error", $"The key was not kept, for nobody knows whether it is good: {answer.Why}."));
    }

    /// <summary>What is left to do until the provider of voices calls by the carrier; nothing where neither is there.</summary>
    private static IEnumerable<string> StepsOf(IntegrationRow row)
    {
        if (row.TelephonyAt is not null || row is { ApiKey: null, CarrierKey: null }) yield break;
        if (row.ApiKey is null) yield return "PUT /integrations/ultravox: api_key is missing.";
        if (row.CarrierKey is null) yield return "PUT /integrations/telnyx: api_key is missing.";
        if (row.CarrierPublicKey is null) yield return "PUT /integrations/telnyx: public_key is missing.";
        if (Telephony.MissingOf(row, isMade: false).Count == 0) yield return "POST /integrations/telephony/provision";
    }

    private async ValueTask<Reply> AnswerAsync(OperationContext op, IntegrationRow row)
    {
        string role = AgencyRoles.Of(op.Caller);
        string secret = Permissions.May(role, "webhook_secret.rotate") ? _keys!.PathSecretOf(row.TenantId, row.PathNonce) : "***";
        string AddressOf(string kind) => op.Links.To($"{AgencyDialect.Root}/webhooks/{kind}/{row.TenantId}/{secret}");
        return op.Ok(new JsonObject
        {
            ["agency_id"] = row.TenantId.ToString(), ["agency_name"] = (await parts.Tenancy.AgencyAsync(row.TenantId, op.Stop)).Name,
            ["webhook_url"] = AddressOf("voice"), ["carrier_webhook_url"] = AddressOf("carrier"),
            ["old_webhook_url_ends_at"] = AgencyText.Time(row.OldPathEndsAt > op.Now ? row.OldPathEndsAt : null),
            ["ultravox"] = new JsonObject
            {
                ["configured"] = row.ApiKey is not null, ["key_prefix"] = row.KeyPrefix,
                ["base_url"] = row.BaseUrl ?? ProviderKeys.UsualBaseUrl, ["added_at"] = AgencyText.Time(row.KeyAddedAt),
                ["validated_at"] = AgencyText.Time(row.KeyValidatedAt),
                // The page is where a key is put once more that does not open.
                ["webhook_signing_secrets"] = _keys!.LockedOf(row).Contains(ProviderKeys.SigningSecrets) ? null
                    : _keys.SigningSecretsOf(row).Count,
            },
            ["telnyx"] = new JsonObject
            {
                ["configured"] = row.CarrierKey is not null, ["key_prefix"] = row.CarrierKeyPrefix,
                ["has_public_key"] = row.CarrierPublicKey is not null,
                ["base_url"] = row.CarrierBaseUrl ?? ProviderKeys.UsualCarrierUrl, ["account_sid"] = row.CarrierAccount,
                ["added_at"] = AgencyText.Time(row.CarrierAddedAt), ["validated_at"] = AgencyText.Time(row.CarrierValidatedAt),
                ["application_id"] = row.CarrierApplication, ["outbound_profile_id"] = row.CarrierProfile,
                ["provisioned"] = row is { CarrierApplication: not null, CarrierProfile: not null },
            },
            ["llm"] = new JsonObject
            {
                ["configured"] = row.LlmKey is not null, ["base_url"] = row.LlmBaseUrl, ["model"] = row.LlmModel,
                ["key_prefix"] = row.LlmKeyPrefix, ["added_at"] = AgencyText.Time(row.LlmAddedAt),
                ["validated_at"] = AgencyText.Time(row.LlmValidatedAt),
            },
            ["ready_for_provisioning"] = Telephony.MissingOf(row, isMade: false).Count == 0 && row.TelephonyAt is null,
            ["telephony_configured"] = row.TelephonyAt is not null,
            ["next_steps"] = new JsonArray([.. StepsOf(row).Select(step => (JsonNode)step)]),
            // The node's own agents, numbers and dialler need no account anywhere.
            ["can_manage_agents"] = true, ["can_manage_phone_numbers"] = true, ["can_run_campaigns"] = true,
        }).With("Cache-Control", "no-store");
    }
}
