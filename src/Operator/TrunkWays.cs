using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>The fields of a trunk that say how it is reached: transport, what TLS must prove, which addresses are believed.</summary>
internal static class TrunkWays
{
    private const string TrustContact = "trust-contact", HistoryInfo = "history-info";

    public static SipTransport? Transport(string? text) => text switch
    {
        "udp" => SipTransport.Udp,
        "tcp" => SipTransport.Tcp,
        "tls" => SipTransport.Tls,
        _ => null,      // the schema lets nothing else through
    };

    /// <summary>Of a trunk for which nothing else was said.</summary>
    public const int ProbeSeconds = 60;

    public static AnswerSet Answers(JsonArray items, List<Problem> problems)
    {
        string[] texts = [.. items.Select(item => item!.GetValue<string>().ToLowerInvariant())];
        for (int i = 0; i < texts.Length; i++)
            if (!AnswerSet.IsOne(texts[i]))
                problems.Add(new("invalid", "An answer must be a status of 400 to 699 such as 408, or a class such as 5xx.")
                {
                    Pointer = $"/next_trunk_on/{i}",
                });
        return AnswerSet.TryParse(texts) ?? AnswerSet.ServerFailures;
    }

    public static string? Name(SipTransport? transport) => transport?.ToString().ToLowerInvariant();

    public static NatPolicy Nat(string text) => text switch
    {
        TrustContact => NatPolicy.TrustContact,
        "source" => NatPolicy.Source,
        _ => NatPolicy.Auto,
    };

    public static string Name(NatPolicy nat) => nat is NatPolicy.TrustContact ? TrustContact : nat.ToString().ToLowerInvariant();

    public static ForwardedBy Forwarded(string text) => text switch
    {
        HistoryInfo => ForwardedBy.HistoryInfo,
        "both" => ForwardedBy.Both,
        "none" => ForwardedBy.None,
        _ => ForwardedBy.Diversion,
    };

    public static string Name(ForwardedBy by) => by is ForwardedBy.HistoryInfo ? HistoryInfo : by.ToString().ToLowerInvariant();

    /// <summary>PEM text with at least one certificate; other text in it is left as it is.</summary>
    public static string? Certificates(string name, string? pem, List<Problem> problems)
    {
        if (pem is null) return null;
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(pem);
            if (found.Count > 0) return pem;
        }
        catch (CryptographicException)
        {
            // Said below.
        }
        problems.Add(At(name, $"{name} must be certificates in PEM form."));
        return pem;
    }

    /// <summary>SHA-256 of a certificate, as openssl prints it or without the colons.</summary>
    public static IReadOnlyList<string> Pins(JsonArray items, List<Problem> problems)
    {
        List<string> pins = [];
        for (int i = 0; i < items.Count; i++)
        {
            string pin = items[i]!.GetValue<string>().Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
            if (pin.Length == 64 && pin.All(char.IsAsciiHexDigit)) pins.Add(pin);
            else problems.Add(At($"tls_pins/{i}",
                "A pin must be the SHA-256 of the trunk's certificate: 64 hex digits, with colons or without."));
        }
        return pins;
    }

    /// <summary>What no single field can tell.</summary>
    public static void Check(Trunk trunk, List<Problem> problems)
    {
        var (certificate, key) = (trunk.Tls.Certificate, trunk.Tls.CertificateKey);
        if (certificate is null && key is not null) problems.Add(At("tls_client_key", "tls_client_key needs tls_client_certificate."));
        else if (certificate is not null && key is null)
            problems.Add(At("tls_client_certificate", "tls_client_certificate needs tls_client_key."));
        else if (certificate is not null && key is not null && problems.Count == 0)
        {
            try
            {
                X509Certificate2.CreateFromPem(certificate, key).Dispose();
            }
            catch (CryptographicException)
            {
                problems.Add(At("tls_client_key",
                    "tls_client_key must be the PEM key of the first certificate in tls_client_certificate, not encrypted."));
            }
        }
    }

    private static Problem At(string name, string detail) => new("invalid", detail) { Pointer = "/" + name };
}
