using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// Commands on their way from one node to another, and the answers on theirs back. Each node is told when there is something for it.
/// </summary>
internal sealed class ForwardedCommandTable(Sql sql, SecretBox box, int node)
{
    internal const string SelectEpoch = "select epoch from rw_node where number = @number";
    internal const string Answer = "update rw_forwarded_command set answer = @answer where id = @id";
    internal const string SelectAnswers = "select id, answer from rw_forwarded_command where from_node = @node and answer is not null";
    internal const string Delete = "delete from rw_forwarded_command where id = @id";
    internal const string Prune = "delete from rw_forwarded_command where made_at < @before";

    private readonly string _insert = $"""
        insert into rw_forwarded_command (id, from_node, to_node, subject_kind, subject_id, body, is_taken, made_at, take_until)
        values (@id, @node, @number, @kind, @subject, @body, @no, @at, {sql.Engine.ClockMillis} + @millis)
        """;
    private readonly string _take = $"""
        update rw_forwarded_command set is_taken = @yes where to_node = @node and is_taken = @no and take_until > {sql.Engine.ClockMillis}
        returning id, from_node, subject_kind, subject_id, body
        """;

    /// <returns>Null when there is no such node.</returns>
    public ValueTask<long?> FindEpochAsync(int number, CancellationToken stop) =>
        sql.ReadAsync(db => db.ExecuteScalar<long?>(SelectEpoch, new { number }), stop);

    /// <param name="within">Later it is not taken any more, by the database's clock.</param>
    /// <param name="command">Encrypted in the row: it may hold a password. Nobody without the nodes' key can write one.</param>
    public async ValueTask AddAsync(Guid id, Subject to, string command, DateTimeOffset at, TimeSpan within, CancellationToken stop)
    {
        int number = to.Address.Node;
        string body = box.SealText(command, PurposeOf(id, to));
        await sql.WriteAsync(db =>
        {
            long millis = (long)within.TotalMilliseconds;
            db.Execute(_insert,
                new { id, node, number, kind = Names<SubjectKind>.Of(to.Kind), subject = to.Id, body, no = false, at, millis });
            sql.Engine.Tell(db, number);
            return 0;
        }, stop).ConfigureAwait(false);
    }

    /// <summary>What others ask of this node; each is given out once.</summary>
    public async ValueTask<IReadOnlyList<ForwardedCommand>> TakeAsync(CancellationToken stop)
    {
        var rows = await sql.WriteAsync(db => db.Query<Row>(_take, new { node, yes = true, no = false }).AsList(),
            stop).ConfigureAwait(false);
        var taken = new List<ForwardedCommand>(rows.Count);
        foreach (var row in rows)
        {
            if (!Subject.TryParse(Names<SubjectKind>.Parse(row.SubjectKind), row.SubjectId, out var subject)) continue;
            taken.Add(new(row.Id, row.FromNode, subject, row.Body));
        }
        return taken;
    }

    /// <exception cref="StoreException">No node of this installation has written it, or not for this subject.</exception>
    public string Open(ForwardedCommand command) => box.UnsealText(command.Sealed, PurposeOf(command.Id, command.To));

    public async ValueTask AnswerAsync(ForwardedCommand command, Refusal answer, CancellationToken stop) => await sql.WriteAsync(db =>
    {
        if (db.Execute(Answer, new { id = command.Id, answer = Names<Refusal>.Of(answer) }) > 0) sql.Engine.Tell(db, command.From);
        return 0;
    }, stop).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<(Guid Id, Refusal Answer)>> ListAnswersAsync(CancellationToken stop) =>
        sql.ReadAsync<IReadOnlyList<(Guid, Refusal)>>(db =>
            [.. db.Query<AnswerRow>(SelectAnswers, new { node }).Select(row => (row.Id, Names<Refusal>.Parse(row.Answer)))], stop);

    /// <summary>Nobody waits for it any more. One that was not taken by now never is.</summary>
    public async ValueTask DeleteAsync(Guid id) =>
        await sql.WriteAsync(db => db.Execute(Delete, new { id }), CancellationToken.None, CommitPriority.Later).ConfigureAwait(false);

    /// <summary>What processes that died have left.</summary>
    public async ValueTask PruneAsync(DateTimeOffset before, CancellationToken stop) =>
        await sql.WriteAsync(db => db.Execute(Prune, new { before }), stop, CommitPriority.Later).ConfigureAwait(false);

    private static string PurposeOf(Guid id, Subject to) => $"command {id} to {to}";

    private sealed record Row
    {
        public Guid Id { get; init; }
        public int FromNode { get; init; }
        public string SubjectKind { get; init; } = "";
        public string SubjectId { get; init; } = "";
        public string Body { get; init; } = "";
    }

    private sealed record AnswerRow
    {
        public Guid Id { get; init; }
        public string Answer { get; init; } = "";
    }
}

/// <param name="Sealed">For <see cref="ForwardedCommandTable.Open"/>.</param>
internal sealed record ForwardedCommand(Guid Id, int From, Subject To, string Sealed);
