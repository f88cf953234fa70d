using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Store.Tables;

namespace Ringwright.Http;

/// <summary>A key that access tokens are signed with: ECDSA on P-256 with SHA-256.</summary>
internal sealed class TokenKey
{
    private readonly ECDsa _pair;
    private readonly Lock _turn = new();
    private readonly string _x, _y;

    private TokenKey(ECDsa pair, int number, DateTimeOffset createdAt)
    {
        _pair = pair;
        (Number, CreatedAt) = (number, createdAt);
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        (_x, _y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        // RFC 7638: the members that make the key, in the order of their names.
        Id = Base64Url.EncodeToString(
            SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{_x}}","y":"{{_y}}"}""")));
    }

    /// <summary>The thumbprint of the key (RFC 7638).</summary>
    public string Id { get; }
    public int Number { get; }
    public DateTimeOffset CreatedAt { get; }

    /// <summary>As RFC 7517 shows it.</summary>
    public JsonObject Public => new()
    {
        ["kty"] = "EC", ["use"] = "sig", ["alg"] = Jwt.Algorithm, ["kid"] = Id, ["crv"] = "P-256", ["x"] = _x, ["y"] = _y,
    };

    public static TokenKey Open(OAuthKey stored)
    {
        var pair = ECDsa.Create();
        pair.ImportPkcs8PrivateKey(stored.Secret.Span, out _);
        return new(pair, stored.Number, stored.CreatedAt);
    }

    public static OAuthKey Fresh(int number, DateTimeOffset at)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(number, pair.ExportPkcs8PrivateKey(), at);
    }

    public byte[] Sign(byte[] data)
    {
        lock (_turn) return _pair.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public bool Verifies(byte[] data, byte[] signature)
    {
        lock (_turn)
            return _pair.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
