using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;

namespace Ringwright.Telnyx.Account;

/// <summary>An identity provider's metadata document (SAML 2.0 Metadata, sections 2.3 and 2.4) as settings of this contract.</summary>
internal static class SamlMetadata
{
    private const int MostCharacters = 1024 * 1024;
    private const string Bindings = "urn:oasis:names:tc:SAML:2.0:bindings:";

    private static readonly XNamespace Saml = "urn:oasis:names:tc:SAML:2.0:metadata", Signature = "http://www.w3.org/2000/09/xmldsig#";

    /// <summary>A stranger's document: no document type, so no entities, and nothing is fetched for it.</summary>
    private static readonly XmlReaderSettings Hardened =
        new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostCharacters };

    /// <returns>The settings, or a sentence that says what is missing.</returns>
    public static (JsonObject? Settings, string Problem) Read(ReadOnlyMemory<byte> document)
    {
        XElement root;
        try
        {
            using var stream = new MemoryStream(document.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, Hardened);
            root = XElement.Load(reader);
        }
        catch (XmlException broken)
        {
            return (null, $"it cannot be read as XML ({broken.Message})");
        }

        var provider = root.DescendantsAndSelf(Saml + "EntityDescriptor")
            .FirstOrDefault(e => e.Element(Saml + "IDPSSODescriptor") is not null);
        if (provider?.Element(Saml + "IDPSSODescriptor") is not { } role) return (null, "it describes no identity provider.");
        if ((string?)provider.Attribute("entityID") is not { Length: > 0 } entity) return (null, "the provider has no entityID.");
        var places = role.Elements(Saml + "SingleSignOnService").ToList();
        var place = places.Find(p => (string?)p.Attribute("Binding") == Bindings + "HTTP-POST")
            ?? places.Find(p => (string?)p.Attribute("Binding") == Bindings + "HTTP-Redirect");
        if ((string?)place?.Attribute("Location") is not { Length: > 0 } location)
            return (null, "it names no SingleSignOnService by HTTP-POST or HTTP-Redirect.");
        if (Fingerprint(role) is not { } fingerprint) return (null, "it has no certificate for signing.");
        return (new JsonObject
        {
            ["idp_entity_id"] = entity,
            ["idp_sso_target_url"] = location,
            ["idp_cert_fingerprint"] = fingerprint,
            ["idp_cert_fingerprint_algorithm"] = "sha256",
        }, "");
    }

    /// <summary>Of the first certificate that signs; a key without a use is for all uses.</summary>
    private static string? Fingerprint(XElement role)
    {
        foreach (var key in role.Elements(Saml + "KeyDescriptor").Where(k => (string?)k.Attribute("use") is null or "signing"))
        {
            if (key.Descendants(Signature + "X509Certificate").FirstOrDefault() is not { } text) continue;
            try
            {
                using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text.Value));
                return Convert.ToHexString(certificate.GetCertHash(HashAlgorithmName.SHA256)).Chunk(2)
                    .Aggregate("", (all, pair) => all.Length == 0 ? new(pair) : $"{all}:{new string(pair)}");
            }
            catch (Exception broken) when (broken is FormatException or CryptographicException)
            {
                // The next one may be whole.
            }
        }
        return null;
    }
}
