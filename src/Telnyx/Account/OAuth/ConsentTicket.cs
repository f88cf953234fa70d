using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>
/// What a program asks a person for. It travels in the consent token itself, under the installation's MAC, so that strangers who ask write
/// nothing into the database; only its answer is stored.
/// </summary>
internal sealed record ConsentTicket
{
    private const int MacBytes = 32;

    public required Guid Id { get; init; }
    public required Guid Client { get; init; }
    public required string RedirectUri { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }
    public string? State { get; init; }
    /// <summary>PKCE's, method S256; null without.</summary>
    public string? Challenge { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    public string Seal(NodeIdentity node)
    {
        byte[] body = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["id"] = Id.ToString(),
            ["client"] = Client.ToString(),
            ["redirect_uri"] = RedirectUri,
            ["scopes"] = string.Join(' ', Scopes),
            ["state"] = State,
            ["challenge"] = Challenge,
            ["expires"] = ExpiresAt.ToUnixTimeSeconds(),
        }.ToJsonString(TelnyxJson.Plain));
        return Base64Url.EncodeToString([.. Mac(node, body), .. body]);
    }

    /// <summary>Null when the text is no token of ours, or its time is over.</summary>
    public static ConsentTicket? Open(string text, NodeIdentity node, DateTimeOffset now)
    {
        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out int written) is not OperationStatus.Done || written <= MacBytes) return null;
        var body = bytes.AsSpan(MacBytes, written - MacBytes);
        if (!CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, MacBytes), Mac(node, body))) return null;
        var read = JsonNode.Parse(body)!.AsObject(); // written by us
        var ticket = new ConsentTicket
        {
            Id = Guid.Parse((string)read["id"]!),
            Client = Guid.Parse((string)read["client"]!),
            RedirectUri = (string)read["redirect_uri"]!,
            Scopes = ((string)read["scopes"]!).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            State = (string?)read["state"],
            Challenge = (string?)read["challenge"],
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds((long)read["expires"]!),
        };
        return now < ticket.ExpiresAt ? ticket : null;
    }

    private static byte[] Mac(NodeIdentity node, ReadOnlySpan<byte> body) =>
        HMACSHA256.HashData(node.TokenKey.Span, [.. "consent:"u8, .. body]);
}
