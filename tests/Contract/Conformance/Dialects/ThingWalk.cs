using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Http.Tests;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>Walks one row: the life of a thing, and what another account gets that tries the same with it.</summary>
internal sealed partial class ThingWalk(DialectWorld world, WalkedDialect dialect, ThingRow row)
{
    private const int TriesPerField = 3;

    private readonly List<string> _faults = [];
    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
    private readonly Words _firsts = new(world.Node);

    public async Task<IReadOnlyList<string>> RunAsync()
    {
        if (await MakeAsync() is not { } made) return _faults;
        var (id, ids) = made;
        if (row.List is { } list) await CheckListAsync(dialect.Find(list), id, ids);
        string? seen = await SeeAsync(ids);
        await CheckStrangerAsync(ids, seen);
        if (row.Update is { } update) await ChangeAsync(dialect.Find(update), ids);
        foreach (var act in row.Acts) await CheckActAsync(act, ids);
        if (row.Delete is { } delete) await DeleteAsync(dialect.Find(delete), ids);
        return _faults;
    }

    /// <summary>
    /// Fields with values that nobody would send by mistake, in what makes one and in what changes one: no answer is a fault of ours, and
    /// what was taken can be read.
    /// </summary>
    public async Task<IReadOnlyList<string>> RunHostileAsync(Rng rng)
    {
        if (await MakeAsync() is not { } made) return _faults;
        await TryAsync(dialect.Find(row.Create), row.Body);
        if (row.Update is { } update) await TryAsync(dialect.Find(update), row.Change);
        await SeeAsync(made.Ids);
        if (row.List is { } list) IsFit(dialect.Find(list), await AskAsync(world.Owner, dialect.Find(list), made.Ids));
        if (row.Delete is { } delete) Survives(dialect.Find(delete), "", await AskAsync(world.Owner, dialect.Find(delete), made.Ids));
        return _faults;

        async Task TryAsync(Operation operation, string json)
        {
            if (Requests.SchemaOf(operation) is not { } schema) return;
            var fields = schema.AllProperties().Where(p => !p.Value.IsReadOnly).Select(p => p.Key);
            foreach (string field in fields.Order(StringComparer.Ordinal))
                for (int i = 0; i < TriesPerField; i++)
                {
                    // A name that is taken would be all that is looked at.
                    foreach (string word in _words.Keys.Where(IsNew).ToList()) _words.Remove(word);
                    string value = HostileBodies.Values[rng.Next(HostileBodies.Values.Length)];
                    byte[] body = HostileBodies.With(JsonNode.Parse(await FillAsync(json)), field, value);
                    Survives(operation, $"{field} = {value[..Math.Min(value.Length, 60)]}", await world.SendAsync(dialect, world.Owner,
                        operation.Method, UrlOf(world.Owner, operation, made.Ids), Requests.ContentOf(body)));
                }
        }
    }

    /// <summary>Whatever the answer is, it is not a fault of ours, and it has the shape of one. What is not built may say so.</summary>
    private void Survives(Operation operation, string what, Answer answer)
    {
        if (answer.Status is >= 500 and not (501 or 503) || (answer.Status >= 400 && dialect.CodeOf(answer) is null))
            Tell(operation, $"{what}: {answer}");
    }

    private static bool IsNew(string word) => word is "$digits" || word.StartsWith("$unique", StringComparison.Ordinal);

    /// <summary>A new thing: its id, and what the paths of what is done with it hold.</summary>
    private async Task<(string Id, IReadOnlyList<string> Ids)?> MakeAsync()
    {
        var operation = dialect.Find(row.Create);
        var (parents, answer) = await CreateAsync(row);
        if (!IsFit(operation, answer)) return null;
        if (IdIn(row, answer) is { } id) return (id, [.. parents, id]);
        Tell(operation, $"made nothing with '{row.Id}': {answer}");
        return null;
    }

    private async Task<(IReadOnlyList<string> Parents, Answer Answer)> CreateAsync(ThingRow of)
    {
        var operation = dialect.Find(of.Create);
        var parents = await FillPathAsync(operation, of.Path);
        var body = Requests.BodyOf(operation, SampleSize.None) as JsonObject ?? [];
        foreach (var (name, value) in JsonNode.Parse(await FillAsync(of.Body))!.AsObject()) body[name] = value?.DeepClone();
        var answer = await world.SendAsync(dialect, world.Owner, operation.Method,
            dialect.UrlOf(operation, parents, Requests.QueryOf(operation)), Requests.ContentOf(body));
        return (parents, answer);
    }

    private string? IdIn(ThingRow of, Answer answer) =>
        answer.Json is { } whole && dialect.Envelope.Inside(whole) is JsonObject made && made[of.Id] is JsonValue id ? id.ToString() : null;

    private async Task CheckListAsync(Operation list, string id, IReadOnlyList<string> ids)
    {
        var answer = await AskAsync(world.Owner, list, ids);
        if (!IsFit(list, answer)) return;
        if (!Shows(answer, id)) Tell(list, $"does not list {id}: {answer}");
        if (dialect.IsOperators) return;
        var theirs = await AskAsync(world.Stranger, list, ids);
        if (Shows(theirs, id)) Tell(list, $"lists what another account has: {theirs}");
    }

    /// <summary>What is read of it now; null where nothing reads one.</summary>
    private async Task<string?> SeeAsync(IReadOnlyList<string> ids)
    {
        if (row.Read is not { } name || dialect.Find(name) is not { } read) return null;
        var answer = await AskAsync(world.Owner, read, ids);
        // What stands beside the thing is of the request.
        return IsFit(read, answer) && answer.Json is { } whole ? Plain(dialect.Envelope.Inside(whole)?.ToJsonString() ?? "") : null;
    }

    /// <summary>
    /// Whatever another account asks of it is refused as an id that nobody has would be, or as not its own; and nothing changes.
    /// </summary>
    private async Task CheckStrangerAsync(IReadOnlyList<string> ids, string? seen)
    {
        if (dialect.IsOperators) return;
        int[] may = [dialect.Of(Fault.UnknownResource).Status, dialect.Of(Fault.ForeignResource).Status];
        var tried = new[] { row.Read, row.Update, row.Delete }.OfType<string>().Select(name => new Act(name, row.Change)).Concat(row.Acts);
        foreach (var act in tried)
        {
            var operation = dialect.Find(act.Operation);
            var answer = await DoAsync(world.Stranger, act, ids);
            if (!may.Contains(answer.Status) || dialect.CodeOf(answer) is null)
                Tell(operation, $"another account's must be {string.Join(" or ", may.Distinct())}: {answer}");
            if (row.Read is not null && await SeeAsync(ids) is var now && now != seen)
                Tell(operation, $"was changed by another account: {seen} became {now}");
        }
    }

    private async Task ChangeAsync(Operation update, IReadOnlyList<string> ids)
    {
        string change = await FillAsync(row.Change);
        var answer = await AskAsync(world.Owner, update, ids, change);
        if (!IsFit(update, answer) || row.Read is null || await SeeAsync(ids) is not { } seen) return;
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
            if (value is JsonValue said && !seen.Contains(said.ToString(), StringComparison.Ordinal))
                Tell(update, $"the change of {name} is not shown: {seen}");
    }

    private async Task DeleteAsync(Operation delete, IReadOnlyList<string> ids)
    {
        if (!IsFit(delete, await AskAsync(world.Owner, delete, ids))) return;
        int gone = dialect.Of(Fault.UnknownResource).Status;
        var again = await AskAsync(world.Owner, delete, ids);
        if (row.IsDeletedAgain ? !again.IsSuccess : again.Status != gone || dialect.CodeOf(again) is null)
            Tell(delete, $"what is deleted must be {gone}: {again}");
        if (row.StaysRead) return;
        if (row.Read is { } name && await AskAsync(world.Owner, dialect.Find(name), ids) is var read && read.Status != gone)
            Tell(dialect.Find(name), $"reads what was deleted: {read}");
        if (row.List is { } list && await AskAsync(world.Owner, dialect.Find(list), ids) is var listed && Shows(listed, ids[^1]))
            Tell(dialect.Find(list), $"lists what was deleted: {listed}");
    }

    private async Task CheckActAsync(Act act, IReadOnlyList<string> ids)
    {
        var operation = dialect.Find(act.Operation);
        var answer = await DoAsync(world.Owner, act, ids);
        if (act.Fault is { } fault)
        {
            var (code, status) = dialect.Of(fault);
            if (answer.Status != status || dialect.CodeOf(answer) != code) Tell(operation, $"must be {status} {code}: {answer}");
        }
        else if (IsFit(operation, answer) && act.Shows is { } shown && !Shows(answer, await FillAsync(shown)))
            Tell(operation, $"does not show {shown}: {answer}");
    }

    private async Task<Answer> DoAsync(JsonNode account, Act act, IReadOnlyList<string> ids)
    {
        var operation = dialect.Find(act.Operation);
        if (act.IsOfFirst) account = await world.FirstAsync();
        if (act.Path.Count > 0) ids = await FillPathAsync(operation, act.Path);
        string? body = operation.Body is null ? null : await FillAsync(act.Body);
        if (body is null || (act.MediaType is null && !act.IsOnSocket)) return await AskAsync(account, operation, ids, body, act.Query);
        var content = Requests.ContentOf(Encoding.UTF8.GetBytes(body), act.MediaType ?? "application/json");
        return await world.SendAsync(dialect, account, operation.Method, UrlOf(account, operation, ids, act.Query), content,
            act.IsOnSocket);
    }

    /// <summary>Asks with as much of the path as the operation has; what says whose things are meant is the asking account's own.</summary>
    private Task<Answer> AskAsync(JsonNode account, Operation operation, IReadOnlyList<string> ids, string? body = null,
        string more = "")
    {
        // A list may be asked for by a body, which may say nothing.
        var content = body is not null ? Requests.ContentOf(JsonNode.Parse(body)!)
            : operation.Body is not null ? Requests.ContentOf(new JsonObject()) : null;
        return world.SendAsync(dialect, account, operation.Method, UrlOf(account, operation, ids, more), content,
            isEndless: Requests.IsStream(operation));
    }

    private string UrlOf(JsonNode account, Operation operation, IReadOnlyList<string> ids, string more = "")
    {
        IReadOnlyList<string> own = [.. operation.PathNames.Select((name, i) =>
            dialect.Scopes.TryGetValue(name, out string? member) && i < ids.Count - 1 ? (string)account[member]! : ids[i])];
        string query = more.Length > 0 ? more : Requests.QueryOf(operation);
        if (operation.Id == row.List && dialect.WholeList(operation) is { Length: > 0 } whole)
            query = query.Length > 0 ? $"{query}&{whole}" : whole;
        return dialect.UrlOf(operation, own, query);
    }

    /// <summary>A status and a body that the contract declares.</summary>
    private bool IsFit(Operation operation, Answer answer)
    {
        string? wrong = null;
        if (operation.FindReply(answer.Status) is not { } shape)
            wrong = $"must answer {string.Join(" or ", operation.Replies.Select(r => r.Status))}";
        else if (shape.Json is { } schema)
        {
            if (answer.Json is null) wrong = "must answer in JSON";
            else
            {
                using var document = JsonDocument.Parse(answer.Text);
                if (SchemaCheck.Run(schema, document.RootElement, BodyDirection.Reply).Violations is [var first, ..])
                    wrong = $"deviates from the contract at {first.Pointer}: {first.Detail}";
            }
        }
        if (wrong is null) return true;
        Tell(operation, $"{wrong}: {answer}");
        return false;
    }

    /// <summary>Names that say whose things are meant are the owner's; the others are the row's, in their order.</summary>
    private async Task<IReadOnlyList<string>> FillPathAsync(Operation operation, IReadOnlyList<string> path)
    {
        var (filled, next) = (new List<string>(), 0);
        foreach (string name in operation.PathNames)
            filled.Add(dialect.Scopes.TryGetValue(name, out string? member) ? (string)world.Owner[member]! : await FillAsync(path[next++]));
        return filled;
    }

    private async Task<string> FillAsync(string text)
    {
        foreach (string word in Word().Matches(text).Select(match => match.Value).Distinct())
        {
            if (!_words.TryGetValue(word, out string? meaning)) _words[word] = meaning = await MeanAsync(word);
            text = Regex.Replace(text, Regex.Escape(word) + @"\b", meaning.Replace("$", "$$", StringComparison.Ordinal));
        }
        return text;
    }

    private async Task<string> MeanAsync(string word)
    {
        if (word is "$account") return (string)world.Owner["id"]!;
        if (word is "$name") return (string)world.Owner["name"]!;
        if (word.StartsWith("$unique", StringComparison.Ordinal)) return "walk-" + Guid.NewGuid().ToString("N")[..12];
        if (word is "$digits") return $"{10_000 + (uint)Guid.NewGuid().GetHashCode() % 90_000}";
        if (word is "$uuid") return Guid.NewGuid().ToString();
        if (word is "$file") return Path.Combine(world.Node.Data, Guid.NewGuid().ToString("N"));
        if (dialect.Things.FirstOrDefault(thing => thing.Create == word[1..]) is not { } other) return await _firsts.FillAsync(word);
        var (_, answer) = await CreateAsync(other);
        return IdIn(other, answer) ?? throw new Xunit.Sdk.XunitException($"{other.Create} made nothing: {answer}");
    }

    /// <summary>In whatever way a plus sign is written.</summary>
    private static bool Shows(Answer answer, string id) => Plain(answer.Text).Contains(id, StringComparison.Ordinal);

    private static string Plain(string json) => json.Replace("\\u002B", "+", StringComparison.OrdinalIgnoreCase);

    private void Tell(Operation operation, string fault) => _faults.Add($"{dialect} {operation.Id} {operation}: {fault}");

    [GeneratedRegex(@"\$[A-Za-z][A-Za-z0-9_]*")]
    private static partial Regex Word();
}
