using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers;

/// <summary>
/// How many calls at a time the account's numbers may have that are paid by channel, by zone; the dial gate counts them.
/// An account that has said nothing of a zone may have as many there as it may have at all.
/// </summary>
internal static class VoiceChannels
{
    /// <summary>What an account without a limit of its own may have.</summary>
    private const int Most = 1_000_000;
    private const string OfUnitedStates = "inbound_channels", OfZone = "channel_zone", Channels = "channels";

    /// <summary>The zones as the contract has them: the same for everybody.</summary>
    private static readonly (ChannelZone Zone, string Id, string Name)[] Zones =
    [
        (ChannelZone.UnitedStates, "7c1f2f5e-3d0a-4e0e-9f43-0c6a7e5b1d21", "US channel zone"),
        (ChannelZone.Euro, "1653e6a1-4bfd-4857-97c6-6a51e1c34477", "Euro channel zone"),
    ];

    public static ValueTask<Reply> Get(OperationContext op) => new(op.Ok(Show(ChannelsOf(op, ChannelZone.UnitedStates))));

    public static async ValueTask<Reply> Update(OperationContext op, NumberParts parts)
    {
        if (Read(op, out int channels) is { } problem) return op.Fail(problem);
        await ChangeAsync(op, parts, ChannelZone.UnitedStates, channels, OfUnitedStates, "united_states");
        return op.Ok(Show(channels));
    }

    public static ValueTask<Reply> ListZones(OperationContext op)
    {
        var others = Zones.Where(z => z.Zone != ChannelZone.UnitedStates).ToList();
        return new(op.Page([.. others.Skip(op.List.Offset).Take(op.List.Size)
            .Select(z => Show(z.Zone, z.Id, z.Name, ChannelsOf(op, z.Zone)))], others.Count));
    }

    public static async ValueTask<Reply> UpdateZone(OperationContext op, NumberParts parts)
    {
        if (Find(op) is not var (zone, id, name) || zone == ChannelZone.UnitedStates) return op.Unknown("channel_zone_id");
        if (Read(op, out int channels) is { } problem) return op.Fail(problem);
        await ChangeAsync(op, parts, zone, channels, OfZone, id);
        // The contract answers this one without an envelope.
        return op.Bare(op.Operation.SuccessStatus, Show(zone, id, name, channels));
    }

    public static async ValueTask<Reply> ListNumbers(OperationContext op, NumberParts parts)
    {
        var numbers = await parts.Store.Numbers.ListPaidByChannelAsync(op.Tenant, op.Stop);
        return op.Page([.. Zones.Select(zone => Show(op, zone, numbers))], Zones.Length);
    }

    public static async ValueTask<Reply> ListNumbersOfZone(OperationContext op, NumberParts parts) =>
        Find(op) is { } zone ? op.Page([Show(op, zone, await parts.Store.Numbers.ListPaidByChannelAsync(op.Tenant, op.Stop))], 1)
            : op.Unknown("channel_zone_id");

    private static (ChannelZone Zone, string Id, string Name)? Find(OperationContext op)
    {
        foreach (var zone in Zones)
            if (string.Equals(zone.Id, op.Path("channel_zone_id"), StringComparison.OrdinalIgnoreCase)) return zone;
        return null;
    }

    private static int MostOf(OperationContext op) => op.Routing.FindTenant(op.Tenant)?.Limits.Channels ?? Most;

    private static int ChannelsOf(OperationContext op, ChannelZone zone) =>
        op.Routing.FindTenant(op.Tenant)?.ChannelsOf(zone) ?? MostOf(op);

    /// <summary>More than all its calls together would promise what the account's limit refuses.</summary>
    private static Problem? Read(OperationContext op, out int channels)
    {
        int most = MostOf(op);
        channels = op.ReadObject().Whole(Channels) is { } wanted && wanted >= 0 && wanted <= most ? (int)wanted : -1;
        return channels >= 0 ? null : new Problem(VoiceErrors.BadRange,
            $"{Channels} must be a whole number from 0 to {most}, which is how many calls the account may have at a time.")
        {
            Pointer = $"/{Channels}",
        };
    }

    private static async ValueTask ChangeAsync(OperationContext op, NumberParts parts, ChannelZone zone, int channels, string recordType,
        string id) =>
        await parts.Store.Tenants.ChangeChannelsAsync(op.Tenant, zone, channels,
            before => op.Note("updated", recordType, id, before is { } had ? new() { [Channels] = had } : null,
                new() { [Channels] = channels }), op.Stop);

    private static JsonObject Show(int channels) => new() { ["record_type"] = OfUnitedStates, [Channels] = channels };

    private static JsonObject Show(ChannelZone zone, string id, string name, int channels) => new()
    {
        ["record_type"] = OfZone,
        ["id"] = id,
        ["name"] = name,
        ["countries"] = new JsonArray([.. zone.Codes.Keys.Select(country => (JsonNode)country)]),
        [Channels] = channels,
    };

    private static JsonObject Show(OperationContext op, (ChannelZone Zone, string Id, string Name) zone, IReadOnlyList<Number> numbers) =>
        new()
        {
            ["zone_id"] = zone.Id,
            ["zone_name"] = zone.Name,
            ["number_of_channels"] = ChannelsOf(op, zone.Zone),
            ["numbers"] = new JsonArray([.. numbers.Where(n => ChannelZone.Of(n) == zone.Zone).Select(n => new JsonObject
            {
                ["number"] = n.Text, ["country"] = zone.Zone.CountryOf(n.Text, n.Country),
            })]),
        };
}
