using Dapper;
using Ringwright.Calls.Texts;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A rule of the operator's: no text may hold these words.</summary>
/// <param name="Phrase">As it was written.</param>
public sealed record ContentRule(Guid Id, string Phrase, DateTimeOffset CreatedAt);

/// <summary>What no text of the node may say. The rules belong to no tenant.</summary>
public sealed class TextContentTable
{
    public const int Most = 1_000;

    internal const string SelectAll = "select id, phrase, created_at from rw_text_content order by created_at, id";
    internal const string SelectPhrases = "select phrase from rw_text_content";
    internal const string Select = "select id, phrase, created_at from rw_text_content where id = @id";
    internal const string Count = "select count(*) from rw_text_content";
    internal const string Insert = """
        insert into rw_text_content (id, phrase, created_at) values (@id, @phrase, @at) on conflict (phrase) do nothing
        """;
    internal const string Delete = "delete from rw_text_content where id = @id";

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal TextContentTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <summary>Oldest first.</summary>
    public ValueTask<IReadOnlyList<ContentRule>> ListAsync(CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<ContentRule>>(db => [.. db.Query<Row>(SelectAll).Select(row => row.ToRule())], stop);

    /// <summary>The words of a rule that a text holds; null when it may be sent.</summary>
    public async ValueTask<string?> FindInAsync(string words, CancellationToken stop)
    {
        var phrases = await _sql.ReadAsync<IReadOnlyList<string>>(db => [.. db.Query<string>(SelectPhrases)], stop).ConfigureAwait(false);
        return phrases.Count == 0 ? null : TextContent.Find(words, [.. phrases.Select(TextContent.Normal)]);
    }

    /// <returns>Null when there are as many as may be, or one of the same words.</returns>
    public ValueTask<ContentRule?> AddAsync(string phrase, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        var rule = new ContentRule(Guid.CreateVersion7(_time.GetUtcNow()), phrase, _time.GetUtcNow());
        return db.ExecuteScalar<long>(Count) < Most
            && db.Execute(Insert, new { id = rule.Id, phrase = rule.Phrase, at = rule.CreatedAt }) == 1 ? rule : null;
    }, stop);

    /// <returns>What it was; null when there was none of that id.</returns>
    public ValueTask<ContentRule?> RemoveAsync(Guid id, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        var rule = db.QuerySingleOrDefault<Row>(Select, new { id })?.ToRule();
        if (rule is not null) db.Execute(Delete, new { id });
        return rule;
    }, stop);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string Phrase { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }

        public ContentRule ToRule() => new(Id, Phrase, CreatedAt);
    }
}
