using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account;

/// <summary>List, create and delete. Networks that the account's keys may be used from.</summary>
internal static class AccessRanges
{
    private const string Pointer = "/cidr_block";

    public static readonly ResourceKind Kind = new("access_ip_range")
    {
        Ids = IdStyle.Snowflake19,
        Unique = ["cidr_block"],
        Validate = (op, body, _) => new(Check(op, body)),
        BeforeDelete = (op, row) => new(AccessRules.CheckRemoved(op, NetworkOf(row))),
        Show = AccessRules.Show,
    };

    public static readonly ResourceView<IPNetwork> View = new() { Read = NetworkOf };

    private static Problem? Check(OperationContext op, JsonObject body)
    {
        if (body.Text("cidr_block")?.Split('/') is not [var first, var length] || !TypedAddress.TryRead(first, out var address)
                || first.Contains('%')
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
                || bits > address.GetAddressBytes().Length * 8)
            return new(VoiceErrors.BadRequest,
                "cidr_block must be an address, a slash and the bits that count, for example 203.0.113.0/24.")
            {
                Pointer = Pointer
            };
        var network = new IPNetwork(Masked(address, bits), bits);
        if (!network.BaseAddress.Equals(address))
            return new(VoiceErrors.BadRequest, $"cidr_block has bits behind those that count: {network} is the range that {address} is in.")
            {
                Pointer = Pointer
            };
        if (AccessRules.CheckAdded(op, network, Pointer) is { } problem) return problem;
        body["cidr_block"] = network.ToString();
        return null;
    }

    private static IPAddress Masked(IPAddress address, int bits)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++) bytes[i] &= (byte)(0xFF00 >> Math.Clamp(bits - i * 8, 0, 8));
        return new(bytes);
    }

    // checked before it was written
    private static IPNetwork NetworkOf(ResourceRow row) => IPNetwork.Parse(row.Body.Text("cidr_block")!);
}
