using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Http.Tests;

namespace Ringwright.Contract.Conformance;

/// <summary>Walks what one row stands for, and collects everything that is not as it must be.</summary>
internal sealed class Walk
{
    private readonly ConformanceNode _node;
    private readonly Row _row;
    private readonly Resource _resource;
    private readonly Refusals _refusals;
    private readonly List<string> _faults = [];

    private Arrangement Arrangement => _node.Arrangement;

    public Walk(ConformanceNode node, Row row)
    {
        (_node, _row, _resource) = (node, row, Rows.ResourceOf(row));
        _refusals = new(node, row, Fault);
    }

    public async Task<IReadOnlyList<string>> RunAsync()
    {
        if (_resource.Following.Count == 0) await ProveOneAsync(_resource.Own);
        else await ProveResourceAsync();
        return _faults;
    }

    private async Task ProveOneAsync(Operation operation)
    {
        var words = new Words(_node);
        var (good, _) = await Arrangement.OwnAsync(_row, words, SampleSize.None);
        await _refusals.CheckAsync(good, (await Arrangement.OwnAsync(_row, words, SampleSize.All)).Every);
        await SucceedAsync(good, words);
        await ProveWithoutBodyAsync(operation);
        if (good.Schema is null) return;
        words = new(_node);
        await SucceedAsync((await Arrangement.OwnAsync(_row, words, SampleSize.All)).Ask, words);
    }

    private async Task ProveResourceAsync()
    {
        Made? small = await FindOrMakeAsync(SampleSize.None), whole = _row.Thing is null ? await FindOrMakeAsync(SampleSize.All) : small;
        if (small is null || whole is null) return;
        await ProveWithoutBodyAsync(_resource.Own);
        if (_resource.List is { } list) await ProveListAsync(list, small, whole);
        if (_resource.Read is { } read) await ProveReadAsync(read, whole);
        foreach (var update in _resource.Updates) await ProveUpdateAsync(update, whole);
        if (_resource.Delete is { } delete) await ProveDeleteAsync(delete, small, whole);
    }

    /// <summary>
    /// A POST whose body is chunks without a byte is one without a body: it says what is missing, and succeeds where nothing is.
    /// </summary>
    private async Task ProveWithoutBodyAsync(Operation operation)
    {
        if (operation.Method is not "POST" || _row.Thing is not null) return;
        foreach (string type in new[] { "", "application/json" })
        {
            var words = new Words(_node);
            var ask = (await Arrangement.OwnAsync(_row, words, SampleSize.None)).Ask;
            bool isWhole = ask.Body is not JsonObject { Count: > 0 };
            ask = ask with { Body = null, EmptyAs = type };
            if (isWhole)
            {
                await SucceedAsync(ask, words);
                continue;
            }
            var answer = await _node.Owner.SendAsync(ask);
            if (answer.IsSuccess) continue;
            var plain = await _node.Owner.SendAsync(ask with { EmptyAs = null });
            if (answer.Status != plain.Status || answer.Code != plain.Code)
                Fault(operation, $"chunks without a byte of type '{type}' must be answered as no body is, {plain}: {answer}");
        }
    }

    private async Task<Made?> FindOrMakeAsync(SampleSize size)
    {
        var words = new Words(_node);
        if (_row.Thing is not null) return await Arrangement.FindAsync(_row, words);
        var (ask, _) = await Arrangement.OwnAsync(_row, words, size);
        if (size is SampleSize.None) await _refusals.CheckAsync(ask, (await Arrangement.OwnAsync(_row, words, SampleSize.All)).Every);
        if (await SucceedAsync(ask, words) is not { Data: { } data } answer) return null;
        if (JsonPlaces.Text(data, _row.Id) is { } made) return new(made, data, ask.Path);
        Fault(ask.Operation, $"made nothing with '{_row.Id}': {answer}");
        return null;
    }

    private async Task ProveListAsync(Operation list, Made small, Made whole)
    {
        var ask = await AskAsync(list, whole);
        await _refusals.CheckAsync(ask);
        var item = await FindAsync(ask, whole.Id);
        if (item is null || await FindAsync(ask, small.Id) is null)
        {
            Fault(list, $"does not list {(item is null ? whole.Id : small.Id)}: {await _node.Owner.SendAsync(ask)}");
            return;
        }
        if (SizeOf(list).Length > 0
            && await _node.Owner.SendAsync(ask with { Query = Refusals.Joined(ask.Query, "page[size]=1") }) is var one
            && one.Data is not JsonArray { Count: 1 }) Fault(list, $"does not give one on a page of one: {one}");
        if (await FindAsync(ask, whole.Id, _node.Stranger) is not null) Fault(list, "lists what another account has");

        var (words, places) = (new Words(_node), new Dictionary<string, string>());
        foreach (var (field, place) in _row.Filters) places[field] = await words.FillAsync(place);
        foreach (var question in Filters.Of(list, _row, places, item, field => Fault(list,
            $"the row does not say what filter[{field}] compares with; an item has no field of that name: {item.ToJsonString()}")))
        {
            var asked = ask with { Query = Refusals.Joined(ask.Query, question.Query) };
            var answer = await _node.Owner.SendAsync(asked);
            if (!IsFit(asked, answer)) continue;
            if (await FindAsync(asked, whole.Id) is not null != question.IsMatch) Fault(list,
                $"?{Uri.UnescapeDataString(question.Query)} must {(question.IsMatch ? "" : "not ")}have {item.ToJsonString()}: {answer}");
        }
    }

    private async Task ProveReadAsync(Operation read, Made thing)
    {
        var ask = await AskAsync(read, thing);
        await _refusals.CheckAsync(ask);
        var answer = await _node.Owner.SendAsync(ask);
        if (IsFit(ask, answer)) Same(read, thing.Data, answer.Data, "is not what the create showed");
    }

    private async Task ProveUpdateAsync(Operation update, Made thing)
    {
        var words = new Words(_node);
        var (good, _) = await Arrangement.FollowingAsync(update, _row, thing, words, SampleSize.None);
        await _refusals.CheckAsync(good, (await Arrangement.FollowingAsync(update, _row, thing, words, SampleSize.All)).Every);
        await SucceedAsync(good, words);
        if (good.Schema is null) return;
        words = new(_node);
        var (all, _) = await Arrangement.FollowingAsync(update, _row, thing, words, SampleSize.All);
        if (await SucceedAsync(all, words) is null || _resource.Read is not { } read) return;
        Same(read, all.Body, (await _node.Owner.SendAsync(await AskAsync(read, thing))).Data, "does not show the update");
    }

    private async Task ProveDeleteAsync(Operation delete, Made small, Made whole)
    {
        foreach (var thing in small == whole ? [whole] : new[] { whole, small })
        {
            var ask = await AskAsync(delete, thing);
            if (thing == whole) await _refusals.CheckAsync(ask);
            if (await SucceedAsync(ask, new(_node)) is null) return;
            var (status, code) = UnknownIds.Of(delete);
            var again = await _node.Owner.SendAsync(ask);
            if (again.Status != status || again.Code != code) Fault(delete, $"what is deleted must be {status} {code}: {again}");
            if (_resource.Read is { } read && await _node.Owner.SendAsync(await AskAsync(read, thing)) is { Status: not 404 } seen)
                Fault(read, $"reads what was deleted: {seen}");
            if (_resource.List is { } list && await FindAsync(await AskAsync(list, thing), thing.Id) is not null)
                Fault(list, "lists what was deleted");
        }
    }

    private async Task<Answer?> SucceedAsync(Ask ask, Words words)
    {
        var answer = await _node.Owner.SendAsync(ask);
        if (!IsFit(ask, answer)) return null;
        Same(ask.Operation, ask.Body, answer.Data, "shows something else than was sent");
        if (_row.Then is { } then && ask.Operation == _resource.Own) await then(words, ask, answer);
        return answer;
    }

    /// <summary>A status and a body that the contract declares.</summary>
    private bool IsFit(Ask ask, Answer answer)
    {
        var operation = ask.Operation;
        string? wrong = null;
        if (operation.FindReply(answer.Status) is not { } shape)
            wrong = operation.Replies.Count == 0 && answer.IsSuccess ? null
                : $"must answer {string.Join(" or ", operation.Replies.Select(r => r.Status))}";
        else if (shape.Json is { } schema && answer.MediaType == "application/json")
        {
            using var document = JsonDocument.Parse(answer.Text);
            var whole = JsonNode.Parse(answer.Text)!;
            Nulls.DropUnset(whole, schema);
            wrong = SchemaCheck.Run(schema, document.RootElement, BodyDirection.Reply).Violations is [var first, ..]
                ? $"deviates from the contract at {first.Pointer}: {first.Detail}"
                : JsonNode.DeepEquals(whole, JsonNode.Parse(answer.Text)) ? null
                : "has a null where the contract has none, or where clients with types cannot read one";
        }
        if (wrong is null) return true;
        Fault(operation, $"{wrong}: {answer}\n{operation.Method} {ask.Url}\n{ask.Body}");
        return false;
    }

    /// <summary>Whatever both have is the same in both.</summary>
    private void Same(Operation operation, JsonNode? sent, JsonNode? shown, string otherwise, string at = "")
    {
        if (sent is not JsonObject fields || shown is not JsonObject own) return;
        foreach (var (name, value) in fields)
        {
            if (value is null || !own.TryGetPropertyValue(name, out var other) || name is "updated_at" || _row.Unlike.Contains(name)
                || _row.Unlike.Contains($"{at}/{name}")) continue;
            if (value is JsonObject) Same(operation, value, other, otherwise, $"{at}/{name}");
            else if (!IsSame(value, other))
                Fault(operation, $"{at}/{name} {otherwise}: {value.ToJsonString()} became {other?.ToJsonString() ?? "null"}");
        }
    }

    private static bool IsSame(JsonNode value, JsonNode? other) => JsonNode.DeepEquals(value, other)
        || (JsonPlaces.TextOf(value) is { } one && JsonPlaces.TextOf(other) is { } two && value is not JsonArray
            && (one == two
                || (DateTimeOffset.TryParse(one, out var first) && DateTimeOffset.TryParse(two, out var second) && first == second)
                || (decimal.TryParse(one, out decimal left) && decimal.TryParse(two, out decimal right) && left == right)));

    private async Task<Ask> AskAsync(Operation operation, Made thing) =>
        (await Arrangement.FollowingAsync(operation, _row, thing, new(_node), SampleSize.None)).Ask;

    /// <summary>The item with this id, on whatever page it is.</summary>
    private async Task<JsonNode?> FindAsync(Ask list, string id, Account? account = null)
    {
        string size = SizeOf(list.Operation);
        for (int page = 1; page <= 20; page++)
        {
            string query = size.Length == 0 ? list.Query : Refusals.Joined(Refusals.Joined(list.Query, size), $"page[number]={page}");
            var answer = await (account ?? _node.Owner).SendAsync(list with { Query = query });
            var items = (answer.Data as JsonArray ?? answer.Json?.AsObject().Select(f => f.Value).OfType<JsonArray>().FirstOrDefault())
                ?? [];
            if (items.FirstOrDefault(i => JsonPlaces.Text(i, _row.Id) == id) is { } found) return found;
            if (items.Count == 0 || size.Length == 0) return null;
        }
        return null;
    }

    private static string SizeOf(Operation list) =>
        (list.FindQuery("page") is { IsDeep: true } page ? page.Schema.FindProperty("size") : list.FindQuery("page[size]")?.Schema)
            is { } size ? $"page[size]={(int)(size.Maximum ?? 250)}" : "";

    private void Fault(Operation operation, string what) => _faults.Add($"{operation.Id} ({operation}): {what}");
}
