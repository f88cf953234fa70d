using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Campaigns.Carriers;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// Ways out of the node for texts: the centres of other networks, by SMPP or by HTTP. A password goes in and never comes out; the secret of
/// the path at which a carrier by HTTP tells is shown once.
/// </summary>
internal static class TextCarrierRecords
{
    private const int UsualPriority = 100, SecretBytes = 24;

    /// <summary>Of a carrier by SMPP alone, and those that it cannot be without.</summary>
    private static readonly string[]
        OfSmpp = ["host", "port", "receive_port", "tls", "system_id", "system_type", "alphabet", "joining", "receipts"],
        Needed = ["host", "system_id", "password"];

    public static async ValueTask<Reply> List(OperationContext op, TextCarrierTable carriers, OperatorTrunkParts parts)
    {
        var all = await carriers.ListAsync(op.Stop);
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(c => (JsonNode)Show(c, parts))], all.Count);
    }

    public static async ValueTask<Reply> Get(OperationContext op, TextCarrierTable carriers, OperatorTrunkParts parts) =>
        await FindAsync(op, carriers) is { } found ? op.Ok(Show(found, parts)) : op.Unknown("id");

    public static async ValueTask<Reply> Create(OperationContext op, TextCarrierTable carriers, OperatorTrunkParts parts)
    {
        var problems = new List<Problem>();
        var blank = new TextCarrier
        {
            Id = Guid.CreateVersion7(op.Now), Name = "", Host = "", SystemId = "", Password = "", Priority = UsualPriority,
        };
        var body = op.ReadObject();
        if (body["http"] is null)
            foreach (string name in Needed.Where(name => body[name] is null))
                problems.Add(new("missing", $"A carrier needs {name}, unless it is asked by http.") { Pointer = Pointers.Of(name) });
        var (carrier, secret) = Secure(body, Read(body, blank, problems));
        if (problems.Count > 0) return op.Fail(problems);
        if (await carriers.InsertAsync(carrier, op.Stop) is WriteOutcome.Duplicate) return NameTaken(op);
        return op.Created(Show((await carriers.FindAsync(carrier.Id, op.Stop))!, parts, secret)); // just written; only the operator deletes
    }

    public static async ValueTask<Reply> Update(OperationContext op, TextCarrierTable carriers, OperatorTrunkParts parts)
    {
        if (await FindAsync(op, carriers) is not { } found) return op.Unknown("id");
        var problems = new List<Problem>();
        var body = op.ReadObject();
        if (body["http"] is not null && found.Value.Http is null)
            problems.Add(new("invalid", "It is a carrier by SMPP: make another one by HTTP.") { Pointer = "/http" });
        var (carrier, secret) = Secure(body, Read(body, found.Value, problems));
        if (problems.Count > 0) return op.Fail(problems);
        return await carriers.UpdateAsync(carrier, op.Stop) switch
        {
            WriteOutcome.Duplicate => NameTaken(op),
            WriteOutcome.Missing => op.Unknown("id"),
            _ => await carriers.FindAsync(carrier.Id, op.Stop) is { } written ? op.Ok(Show(written, parts, secret))
                : op.Unknown("id"),
        };
    }

    public static async ValueTask<Reply> Delete(OperationContext op, TextCarrierTable carriers, OperatorTrunkParts parts)
    {
        if (await FindAsync(op, carriers) is not { } found) return op.Unknown("id");
        return await carriers.DeleteAsync(found.Value.Id, op.Stop) switch
        {
            WriteOutcome.InUse => op.Fail(Fault.InUse,
                "Texts are on their way by this carrier. Switch it off, and delete it when they are over."),
            WriteOutcome.Missing => op.Unknown("id"),
            _ => op.Ok(Show(found, parts)),
        };
    }

    /// <summary>The fields of <paramref name="body"/> laid over <paramref name="carrier"/>.</summary>
    private static TextCarrier Read(JsonObject body, TextCarrier carrier, List<Problem> problems)
    {
        bool isHttp = carrier.Http is not null || body["http"] is not null;
        foreach (var (name, value) in body)
        {
            if (isHttp && OfSmpp.Contains(name))
            {
                problems.Add(new("invalid", $"{name} is of carriers by SMPP.") { Pointer = Pointers.Of(name) });
                continue;
            }
            carrier = name switch
            {
                "name" => carrier with { Name = Text(name, value, problems) },
                "enabled" => carrier with { IsEnabled = value!.GetValue<bool>() },
                "host" => carrier with { Host = Host(name, value, problems) },
                "port" => carrier with { Port = (int)(double)value! },
                // Null takes the second bind away.
                "receive_port" => carrier with { ReceivePort = value is null ? null : (int)(double)value },
                "tls" => carrier with { IsTls = value!.GetValue<bool>() },
                "system_id" => carrier with { SystemId = Text(name, value, problems) },
                "password" => carrier with { Password = Text(name, value, problems) },
                "system_type" => carrier with { SystemType = value!.GetValue<string>() },
                "prefixes" => carrier with { Prefixes = Prefixes((JsonArray)value!, problems) },
                "priority" => carrier with { Priority = (int)(double)value! },
                "rate" => carrier with { Rate = (int)(double)value! },
                "window" => carrier with { Window = (int)(double)value! },
                // one of its names, by the schema
                "alphabet" => carrier with { Alphabet = Enum.Parse<SmppAlphabet>(value!.GetValue<string>(), ignoreCase: true) },
                "joining" => carrier with { Joining = Enum.Parse<SmppJoining>(value!.GetValue<string>(), ignoreCase: true) },
                "on_unknown" => carrier with { OnUnknown = Enum.Parse<TextDoubt>(value!.GetValue<string>(), ignoreCase: true) },
                "receipts" => carrier with { HasReceipts = value!.GetValue<bool>() },
                "http" => Http((JsonObject)value!, carrier, problems),
                "new_secret" => carrier,
                _ => Unknown(name, carrier),
            };
        }
        return carrier;

        TextCarrier Unknown(string name, TextCarrier same)
        {
            problems.Add(new("invalid", $"A text carrier has no field '{name}'.") { Pointer = Pointers.Of(name) });
            return same;
        }
    }

    /// <summary>Where it is stands in the URL alone.</summary>
    private static TextCarrier Http(JsonObject document, TextCarrier carrier, List<Problem> problems)
    {
        var way = HttpTextDocument.Read(document);
        var faults = HttpTextDocument.FaultsOf(way).ToList();
        problems.AddRange(faults.Select(one => new Problem("invalid", one.Fault) { Pointer = $"/http/{one.Field}" }));
        if (faults.Count > 0) return carrier;
        var url = new Uri(way.Url);
        return carrier with
        {
            Http = way,
            Host = url.IdnHost,
            Port = url.Port,
            IsTls = url.Scheme == Uri.UriSchemeHttps,
            HasReceipts = way.ReceiptIdAt is not null,
        };
    }

    /// <summary>A carrier by HTTP has a secret from the beginning on, and another one when it is asked for.</summary>
    private static (TextCarrier Carrier, string? Secret) Secure(JsonObject body, TextCarrier carrier)
    {
        if (carrier.Http is null || (carrier.SecretHash is not null && !(body["new_secret"]?.GetValue<bool>() ?? false)))
            return (carrier, null);
        string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        return (carrier with { SecretHash = TextCarrier.HashOf(secret) }, secret);
    }

    /// <summary>SMPP writes it as Latin letters with a zero at the end.</summary>
    private static string Text(string name, JsonNode? value, List<Problem> problems)
    {
        string text = value!.GetValue<string>().Trim();
        if (text.Length == 0 || text.Any(character => character is < ' ' or > '~'))
            problems.Add(new("invalid", $"{name} must be of printable ASCII characters.") { Pointer = Pointers.Of(name) });
        return text;
    }

    private static string Host(string name, JsonNode? value, List<Problem> problems)
    {
        string host = value!.GetValue<string>().Trim().Trim('[', ']');
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown)
            problems.Add(new("invalid", $"{name} must be a host name or an address, without a port.") { Pointer = Pointers.Of(name) });
        return host;
    }

    private static List<string> Prefixes(JsonArray items, List<Problem> problems)
    {
        var prefixes = items.Select(item => item!.GetValue<string>()).ToList();
        for (int i = 0; i < prefixes.Count; i++)
        {
            if (!E164.IsBeginning(prefixes[i]) && !IsOfCodes(prefixes[i]))
                problems.Add(new("invalid", "A prefix must be + and up to 15 digits of a number; + alone is every number. "
                    + $"Or it is {TextCarrier.Codes} and up to {ShortCode.Longest} digits of a short code; "
                    + $"{TextCarrier.Codes} alone is every one.")
                {
                    Pointer = $"/prefixes/{i}",
                });
        }
        return prefixes;
    }

    private static bool IsOfCodes(string prefix) => prefix.StartsWith(TextCarrier.Codes, StringComparison.Ordinal)
        && prefix.Length <= TextCarrier.Codes.Length + ShortCode.Longest
        && !prefix.AsSpan(TextCarrier.Codes.Length).ContainsAnyExceptInRange('0', '9');

    private static Reply NameTaken(OperationContext op) =>
        op.Fail(new Problem("duplicate", "There is a text carrier with this name already.") { Pointer = "/name" });

    private static async ValueTask<Stored<TextCarrier>?> FindAsync(OperationContext op, TextCarrierTable carriers) =>
        Guid.TryParse(op.Path("id"), out var id) ? await carriers.FindAsync(id, op.Stop) : null;

    /// <param name="secret">Known when it was made in this moment.</param>
    private static JsonObject Show(Stored<TextCarrier> stored, OperatorTrunkParts parts, string? secret = null)
    {
        var carrier = stored.Value;
        JsonObject shown = new()
        {
            ["id"] = carrier.Id.ToString(),
            ["record_type"] = "text_carrier",
            ["name"] = carrier.Name,
            ["enabled"] = carrier.IsEnabled,
            ["host"] = carrier.Host,
            ["port"] = carrier.Port,
            ["receive_port"] = carrier.ReceivePort,
            ["tls"] = carrier.IsTls,
            ["system_id"] = carrier.SystemId,
            ["has_password"] = carrier.Password.Length > 0,
            ["system_type"] = carrier.SystemType,
            ["prefixes"] = new JsonArray([.. carrier.Prefixes.Select(prefix => (JsonNode)prefix)]),
            ["priority"] = carrier.Priority,
            ["rate"] = carrier.Rate,
            ["window"] = carrier.Window,
            ["alphabet"] = SnakeName.Of(carrier.Alphabet),
            ["joining"] = SnakeName.Of(carrier.Joining),
            ["receipts"] = carrier.HasReceipts,
            ["on_unknown"] = SnakeName.Of(carrier.OnUnknown),
            ["bind"] = parts.TextBinds?.Invoke(carrier.Id) is { } bind ? Show(bind) : null,
            ["created_at"] = OperatorTime.Write(stored.CreatedAt),
            ["updated_at"] = OperatorTime.Write(stored.UpdatedAt),
        };
        if (carrier.Http is { } way) shown["http"] = HttpTextDocument.Write(way);
        if (secret is not null) shown["inbound_path"] = $"/text_carriers/{carrier.Id}/{secret}";
        return shown;
    }

    private static JsonObject Show(TextBindStatus bind) => new()
    {
        ["state"] = SnakeName.Of(bind.State),
        ["under_way"] = bind.UnderWay,
        ["rate"] = Math.Round(bind.Rate, 2),
        ["since"] = OperatorTime.Write(bind.Since),
        ["trouble"] = bind.Trouble,
        ["stray_receipts"] = bind.Strays,
    };
}
