using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// JSON Web Tokens (RFC 7519, RFC 7515) of one kind: compact, ES256, type at+jwt (RFC 9068).
/// What a token says about its algorithm decides nothing: there is one.
/// </summary>
internal static class Jwt
{
    public const string Algorithm = "ES256";
    private const string Type = "at+jwt";

    public static string Write(TokenKey key, JsonObject claims)
    {
        var header = new JsonObject { ["alg"] = Algorithm, ["typ"] = Type, ["kid"] = key.Id };
        string signed =
            $"{Base64Url.EncodeToString(PlainJsonNodes.Write(header))}.{Base64Url.EncodeToString(PlainJsonNodes.Write(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>True when the text has the form of a token, whoever signed it.</summary>
    public static bool IsOne(string text) => text.StartsWith("eyJ", StringComparison.Ordinal) && text.Count(c => c == '.') == 2;

    /// <summary>The claims of a token that one of the keys signed; null for anything else.</summary>
    public static JsonElement? Read(string text, IEnumerable<TokenKey> keys)
    {
        var parts = text.Split('.');
        if (parts.Length != 3 || Bytes(parts[0]) is not { } head || Bytes(parts[1]) is not { } body || Bytes(parts[2]) is not { } signature)
            return null;
        if (Json(head) is not { } header || Text(header, "alg") != Algorithm || Text(header, "typ") != Type
            || header.TryGetProperty("crit", out _)) return null;
        string? id = Text(header, "kid");
        if (keys.FirstOrDefault(k => k.Id == id) is not { } key) return null;
        // Over the text as it came: what it decodes to is read only afterwards.
        return key.Verifies(Encoding.ASCII.GetBytes(text[..(parts[0].Length + 1 + parts[1].Length)]), signature) ? Json(body) : null;
    }

    /// <summary>A claim of text; null when it is missing or something else.</summary>
    public static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    public static long? Number(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number
        && value.TryGetInt64(out long number) ? number : null;

    internal static byte[]? Bytes(string part)
    {
        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        // The form that returns a status: the others throw on characters outside the alphabet.
        return Base64Url.DecodeFromChars(part, bytes, out _, out int written) is OperationStatus.Done ? bytes[..written] : null;
    }

    internal static JsonElement? Json(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind is JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
