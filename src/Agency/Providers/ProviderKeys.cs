using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Providers;

/// <summary>
/// How an agency and its provider know each other: the secret of the path, the keys to sign with, the key to ask with; and the key by which
/// its carrier is asked, and its own model.
/// </summary>
internal sealed class ProviderKeys(Database store)
{
    public const string UsualBaseUrl = "https://api.ultravox.ai", UsualCarrierUrl = "https://api.telnyx.com/v2", Carrier = "telnyx",
        ExampleModelUrl = "https://openrouter.ai/api/v1", Model = "llm";

    public const string ProviderKey = "ultravox_api_key", CarrierKey = "telnyx_api_key", SigningSecrets = "webhook_signing_secrets",
        ModelKey = "llm_api_key";

    public const string Locked = "it does not open: it was sealed by a database with another token key";

    private const int NonceBytes = 16;

    private readonly ProviderSeal _seal = new(store.Node.TokenKey.Span);

    public static string NewNonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes));

    /// <summary>64 letters. No table has them, so that nobody reads them there.</summary>
    public string PathSecretOf(TenantId agency, string nonce) => Convert.ToHexStringLower(HMACSHA256.HashData(store.Node.TokenKey.Span,
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"webhook path of {agency} {nonce}"))));

    /// <summary>It takes as long whether there is such an agency or not.</summary>
    public bool IsPath(TenantId agency, IntegrationRow? row, string said, DateTimeOffset now)
    {
        byte[] hash = HashOf(said);
        string old = row is { OldPathNonce: { } nonce, OldPathEndsAt: { } end } && end > now ? nonce : NewNonce();
        bool isNow = CryptographicOperations.FixedTimeEquals(hash, HashOf(PathSecretOf(agency, row?.PathNonce ?? NewNonce())));
        bool isOld = CryptographicOperations.FixedTimeEquals(hash, HashOf(PathSecretOf(agency, old)));
        return row is not null && (isNow || isOld);
    }

    /// <summary>None where the provider is believed for the path alone.</summary>
    public IReadOnlyList<string> SigningSecretsOf(IntegrationRow row) => row.SigningSecrets is not { } kept ? []
        : [.. JsonNode.Parse(_seal.Unseal(kept, SigningPurpose(row.TenantId)))!.AsArray().Select(one => (string)one!)];

    public string? SealSigning(TenantId agency, IReadOnlyList<string> secrets) => secrets.Count == 0 ? null
        : _seal.Seal(new JsonArray([.. secrets.Select(one => (JsonNode)one)]).ToJsonString(), SigningPurpose(agency));

    public string? ApiKeyOf(IntegrationRow row) => row.ApiKey is { } kept ? _seal.Unseal(kept, KeyPurpose(row.TenantId)) : null;

    public string SealKey(TenantId agency, string key) => _seal.Seal(key, KeyPurpose(agency));

    public string? CarrierKeyOf(IntegrationRow row) =>
        row.CarrierKey is { } kept ? _seal.Unseal(kept, CarrierPurpose(row.TenantId)) : null;

    public string SealCarrierKey(TenantId agency, string key) => _seal.Seal(key, CarrierPurpose(agency));

    /// <summary>Null where the agency has none of its own.</summary>
    public OwnModel? ModelOf(IntegrationRow row) =>
        row is { LlmKey: { } kept, LlmBaseUrl: { } url, LlmModel: { } name }
            ? new(url, _seal.Unseal(kept, ModelPurpose(row.TenantId)), name) : null;

    public string SealModelKey(TenantId agency, string key) => _seal.Seal(key, ModelPurpose(agency));

    /// <summary>A key that was sealed by another database, or is none.</summary>
    public static bool IsLocked(Exception failed) =>
        failed is CryptographicException or FormatException or OverflowException or ArgumentException;

    /// <summary>Of what is kept that which does not open, by the names that requests have for it.</summary>
    public IReadOnlyList<string> LockedOf(IntegrationRow row) =>
    [
        .. new (string Name, Func<object?> Open)[]
        {
            (ProviderKey, () => ApiKeyOf(row)), (SigningSecrets, () => SigningSecretsOf(row)), (CarrierKey, () => CarrierKeyOf(row)),
            (ModelKey, () => ModelOf(row)),
        }.Where(one => !Opens(one.Open)).Select(one => one.Name),
    ];

    private static bool Opens(Func<object?> open)
    {
        try
        {
            _ = open();
            return true;
        }
        catch (Exception locked) when (IsLocked(locked))
        {
            return false;
        }
    }

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static string SigningPurpose(TenantId agency) => $"{agency} signing_secrets";

    private static string KeyPurpose(TenantId agency) => $"{agency} api_key";

    private static string CarrierPurpose(TenantId agency) => $"{agency} carrier_key";

    private static string ModelPurpose(TenantId agency) => $"{agency} llm_key";
}
