using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Ringwright.Interop;

/// <summary>One POST that a sink received, as it came over the wire.</summary>
internal sealed partial record Webhook(string Url, IHeaderDictionary Headers, byte[] Raw)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    public JsonObject Body { get; } = JsonNode.Parse(Raw)!.AsObject(); // a body that is no JSON object fails the test

    public JsonObject Data => Body["data"]!.AsObject();
    public JsonObject Payload => Data["payload"]!.AsObject();
    public string Type => (string?)Data["event_type"] ?? "";
    public string Id => (string?)Data["id"] ?? "";
    public string Call => (string?)Payload["call_control_id"] ?? "";
    public int Attempt => (int)Body["meta"]!["attempt"]!;
    public long Stamp => long.Parse(Headers["telnyx-timestamp"].ToString(), CultureInfo.InvariantCulture);

    /// <summary>Ed25519 over timestamp, pipe and raw body, by an implementation that is not the node's.</summary>
    public bool IsSignedBy(byte[] key) => IsSignedBy(key, Raw, Headers["telnyx-timestamp"].ToString());

    public bool IsSignedBy(byte[] key, byte[] body, string stamp)
    {
        byte[] signature = Convert.FromBase64String(Headers["telnyx-signature-ed25519"].ToString());
        byte[] signed = [.. Encoding.ASCII.GetBytes(stamp), (byte)'|', .. body];
        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, new Ed25519PublicKeyParameters(key, 0));
        verifier.BlockUpdate(signed, 0, signed.Length);
        return signature.Length == 64 && verifier.VerifySignature(signature);
    }

    /// <summary>What is wrong with the signature or with the envelope that all events share.</summary>
    public IEnumerable<string> Faults(byte[] key, string application)
    {
        if (!IsSignedBy(key)) yield return "the signature is not valid";
        if ((DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(Stamp)).Duration() > Tolerance)
            yield return $"the stamp {Stamp} is too old";
        if (Headers.ContentType.ToString().Split(';')[0] != "application/json") yield return $"content type {Headers.ContentType}";
        if ((string?)Data["record_type"] != "event") yield return "record_type is not event";
        if (!Guid.TryParseExact(Id, "D", out _)) yield return $"id {Id} is not a uuid";
        if (!Micros().IsMatch((string?)Data["occurred_at"] ?? "")) yield return $"occurred_at is {Data["occurred_at"]}";
        if ((string?)Body["meta"]?["delivered_to"] != Url) yield return $"delivered_to is {Body["meta"]?["delivered_to"]}, not {Url}";
        if (Attempt < 1) yield return $"attempt is {Attempt}";
        foreach (string name in new[] { "call_leg_id", "call_session_id" })
            if (!TimeBased().IsMatch((string?)Payload[name] ?? "")) yield return $"{name} is {Payload[name]}";
        if ((string?)Payload["call_leg_id"] == (string?)Payload["call_session_id"]) yield return "leg and session have the same id";
        if (!ControlId().IsMatch(Call)) yield return $"call_control_id is {Call}";
        if ((string?)Payload["connection_id"] != application)
            yield return $"connection_id is {Payload["connection_id"]}, not {application}";
        if (!Payload.ContainsKey("client_state")) yield return "client_state is missing";
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
    public static partial Regex Micros();

    /// <summary>A UUID of version 1.</summary>
    [GeneratedRegex("^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
    public static partial Regex TimeBased();

    [GeneratedRegex("^v3:[A-Za-z0-9_-]{40,}$")]
    public static partial Regex ControlId();
}
