using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Calling;
using Ringwright.Campaigns.Lists;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Compliance;

/// <summary>
/// Whom nobody calls: the node's one do-not-call list of each account, as this API shows it. The agency's holds for its clients, too, a
/// client's for itself, the platform's for everybody; that one the operator keeps.
/// </summary>
internal sealed class AgencyDoNotCall(AgencyParts parts)
{
    private const string RecordType = "do_not_call";
    private const int MostTold = 100, MostEvidence = 2_000;
    private const string FileField = "file", Entries = "entries", Other = "other", MayBeCalled = "may_be_called";

    /// <summary>What an entry of a file may say beside its number.</summary>
    private static readonly string[] Columns = ["reason", "evidence", "expires_at"];

    private static readonly HashSet<string> Reasons =
        [.. Enum.GetValues<DoNotCallReason>().Select(reason => ContactWords.Of(reason))];

    private DoNotCallTable Lists => parts.Store.DoNotCall;

    public async ValueTask<Reply> List(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        string? of = op.Query["scope"], client = op.Query["client_id"], number = op.Query["phone_number"];
        var owners = AgencyCalls.AccountsOf(op.Routing, scope, client)
            .Where(account => of is null || ListOwner.ScopeOf(scope.Agency, account) == of).ToList();
        bool hasPlatform = scope.Client is null && client is null && of is null or ListOwner.Platform;
        var (rows, total) = await Lists.ListSomeAsync(owners, hasPlatform, number is null ? null : AgencyText.NumberOr(number),
            op.Query["provisional"] is "true", op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row, scope.Agency))], total);
    }

    /// <summary>Of two entries for a number that which holds longer stands, and is the answer.</summary>
    public async ValueTask<Reply> Add(OperationContext op)
    {
        var agency = AgencyScope.Of(op).Agency;
        var body = op.ReadObject();
        var (owner, refusal) = await ListOwner.ReadAsync(op, parts, body, (string?)body["scope"]);
        if (refusal is not null) return refusal;
        if (AgencyText.Number(NumberCell.WithoutExtension((string)body["phone_number"]!)) is not { } number)      // required
            return op.Fail(AgencyText.Bad("phone_number", "phone_number is a number with its country's code, such as +12125550100."));
        string clock = (await parts.Tenancy.AgencyAsync(agency, op.Stop)).Timezone;
        if (Read(op, body, body, owner, number, DoNotCallSource.Api, clock) is not { } entry)
            return op.Fail(AgencyText.Bad("expires_at", "expires_at is a moment that is to come, such as 2126-02-20T10:00:00Z."));
        await Lists.AddAsync([entry], _ => Note(op, agency, "created", entry.Number, null, Show(entry, agency)), op.Stop);
        await parts.TakeOutAsync(op.Stop);
        return op.Created(Show(await Lists.FindAsync(owner, number, op.Stop) ?? entry, agency));
    }

    /// <summary>Of a body, or of a file: what is no entry is told by its row; the others are added.</summary>
    public async ValueTask<Reply> Import(OperationContext op)
    {
        var agency = AgencyScope.Of(op).Agency;
        var body = op.ReadObject();
        if (HomeCountry.Read(body, out var home) is { } nowhere) return op.Fail(nowhere);
        var (rows, problem) = RowsOf(op, body);
        if (rows is null) return op.Fail(problem!);        // one of both is there
        var (owner, refusal) = await ListOwner.ReadAsync(op, parts, body, (string?)body["scope"]);
        if (refusal is not null) return refusal;
        var entries = new Dictionary<string, DoNotCallEntry>(StringComparer.Ordinal);
        var sample = new JsonArray();
        int duplicates = 0, invalid = 0;
        string clock = (await parts.Tenancy.AgencyAsync(agency, op.Stop)).Timezone;
        var countries = new RowCountries(home);
        foreach (var (at, row) in rows)
        {
            string text = (string?)row["phone_number"] ?? "";
            var country = countries.Of((string?)row[ContactReading.RowCountry]);
            string? number = NumberCell.TryRefused(text, country, out string refused) ? AgencyText.Number(refused) : null;
            string? fault = (string?)row[ContactReading.RowFault] is { } broken ? broken
                : number is null ? "invalid_number"
                : AgencyText.Text(row, "evidence") is { Length: > MostEvidence } ? "text_too_long" : null;
            // There is no fault.
            var entry = fault is null ? Read(op, row, body, owner, number!, DoNotCallSource.Import, clock) : null;
            if (entry is not null && entries.TryGetValue(entry.Number, out var before))
            {
                duplicates++;
                // Which holds longer stands, as of those that are there.
                if (before.ExpiresAt is { } end && !(entry.ExpiresAt <= end)) entries[entry.Number] = entry;
            }
            else if (entry is not null)
            {
                entries.Add(entry.Number, entry);
            }
            else
            {
                invalid++;
                if (sample.Count < MostTold)
                    sample.Add((JsonNode)new JsonObject
                    {
                        ["row"] = at, ["phone_number"] = text, ["reason"] = fault ?? "invalid_expires_at",
                    });
            }
        }
        int added = 0;
        foreach (var some in entries.Values.Chunk(DoNotCallTable.MostAtOnce))
            added += (await Lists.AddAsync(some, count => Note(op, agency, "imported", owner.ToString(), null,
                new() { ["added"] = count }), op.Stop)).Count;
        await parts.TakeOutAsync(op.Stop);
        return op.Ok(new JsonObject
        {
            ["received"] = rows.Count, ["added"] = added, ["known"] = entries.Count - added, ["duplicates"] = duplicates,
            ["invalid"] = invalid, ["invalid_sample"] = sample,
        });
    }

    /// <returns>Each entry with its place in the list, or the line on which it ends in the file; or what is wrong with all.</returns>
    private static (IReadOnlyList<(int Row, JsonObject Given)>? Rows, Problem? Problem) RowsOf(OperationContext op, JsonObject body)
    {
        if (op.Files.FirstOrDefault(one => one.Field == FileField) is { } file)
        {
            var (read, problem) = ContactFile.ReadNumbers(file.Content.Span);
            return (read?.Rows.SelectMany(row => EntriesOf(row.Given).Select(entry => (row.Line, entry))).ToList(), problem);
        }
        if (body[Entries] is not JsonArray entries)
            return (null, AgencyText.Bad(FileField, "file is a CSV file, as a part of a multipart form."));
        return AgencyText.Stray(op, body, Entries, "an entry") is { } stray ? (null, stray)
            : (entries.Select((row, i) => (i + 1, row!.AsObject())).ToList(), null);       // the schema says so
    }

    /// <summary>One for each number of the row. Whose they are, and what else a list has of him, nobody keeps.</summary>
    private static IEnumerable<JsonObject> EntriesOf(JsonObject given)
    {
        var data = given["custom_data"] as JsonObject ?? [];
        var entry = new JsonObject { ["phone_number"] = (string?)given["phone_number"] };
        // Of whom a list says that nobody is to call him belongs here; of whom it says the opposite does not.
        if ((string?)given[ContactReading.RowFault] is { } fault)
        {
            if (fault is not ContactReading.DoNotCall) entry[ContactReading.RowFault] = fault;
        }
        else if (data.Any(static word => ColumnNames.IsOfRefusals(word.Key) && ColumnNames.IsDenied((string)word.Value!)))      // cells
        {
            entry[ContactReading.RowFault] = MayBeCalled;
        }
        if ((string?)given[ContactReading.RowCountry] is { } country) entry[ContactReading.RowCountry] = country;
        foreach (string column in Columns)
            if (data[column] is { } said) entry[column] = said.DeepClone();
        if ((string?)entry["reason"] is { } reason && !Reasons.Contains(reason))
        {
            string word = ColumnNames.KeyOf(reason);
            bool isKnown = Reasons.Contains(word);
            entry["reason"] = isKnown ? word : Other;
            // A list that says why in words of its own means it all the same.
            if (!isKnown) entry["evidence"] ??= Clipped.Of(reason, MostEvidence);
        }
        string[] others = [.. data.Where(static one => one.Key.StartsWith(ContactColumns.OtherNumber, StringComparison.Ordinal))
            .Select(static one => (string)one.Value!)];        // cells
        if (others.Length == 0 || entry["phone_number"] is not null) yield return entry;
        foreach (string other in others)
        {
            var further = entry.DeepClone().AsObject();
            further["phone_number"] = other;
            yield return further;
        }
    }

    /// <summary>Never in silence: the trail says why.</summary>
    public async ValueTask<Reply> Remove(OperationContext op)
    {
        var agency = AgencyScope.Of(op).Agency;
        if (!Guid.TryParse(op.Path("id"), out var id) || await Lists.FindAsync(id, op.Stop) is not { } entry
                || !ListOwner.Sees(op, entry.Owner))
            return op.Unknown("id");
        if (entry.Owner is not { } owner) return op.Fail(Fault.Forbidden, "The platform's list is the operator's.");
        string because = op.Query["because"]!;       // required
        return await Lists.RemoveAsync(owner, entry.Number, gone => Note(op, agency, "deleted", gone.Number, Show(gone, agency),
            new() { ["removed_because"] = because }), op.Stop) is null ? op.Unknown("id") : op.NoContent();
    }

    /// <param name="all">What the row does not say itself.</param>
    /// <param name="clock">The agency's time zone, for numbers of which nobody knows where they are.</param>
    /// <returns>Null when its end is none, or has passed.</returns>
    private static DoNotCallEntry? Read(OperationContext op, JsonObject row, JsonObject all, TenantId owner, string number,
        DoNotCallSource source, string clock)
    {
        string? Of(string field) => AgencyText.Text(row, field) ?? AgencyText.Text(all, field);
        string? expires = Of("expires_at") is { } said && !AgencyText.IsFar(said) ? said : null;
        var end = AgencyText.Moment(expires);
        if (end is not null && AgencyText.DayAlone(expires!) is { } day) end = RecipientZones.EndOf(day, number, clock);     // a moment
        if (expires is not null && !(end > op.Now)) return null;
        return new()
        {
            Id = Guid.CreateVersion7(op.Now), Owner = owner, Number = number, Source = source, ExpiresAt = end, At = op.Now,
            Reason = ContactWords.Parse<DoNotCallReason>(Of("reason") ?? "caller_request"), AddedBy = op.Caller.KeyId,
            Evidence = Of("evidence"),
        };
    }

    private static AuditNote Note(OperationContext op, TenantId agency, string name, string id, JsonObject? before,
        JsonObject? after) => op.Note(name, RecordType, id, before, after) with { Tenant = agency };

    /// <summary>Of the platform's list only that a number is on it, and how it came there: what else the operator writes is his.</summary>
    public static JsonObject Show(DoNotCallEntry entry, TenantId agency)
    {
        bool isPlatforms = entry.Owner is null;
        return new()
        {
            ["id"] = entry.Id.ToString(), ["agency_id"] = isPlatforms ? null : agency.ToString(),
            ["client_id"] = ListOwner.ClientOf(agency, entry.Owner), ["scope"] = ListOwner.ScopeOf(agency, entry.Owner),
            ["phone_number"] = entry.Number, ["reason"] = ContactWords.Of(entry.Reason), ["source"] = ContactWords.Of(entry.Source),
            ["source_call_id"] = isPlatforms ? null : entry.Leg, ["evidence"] = isPlatforms ? null : entry.Evidence,
            ["provisional"] = entry.IsProvisional, ["expires_at"] = AgencyText.Time(entry.ExpiresAt),
            ["added_by"] = isPlatforms ? null : entry.AddedBy, ["added_at"] = AgencyText.Time(entry.At),
        };
    }
}
