using Dapper;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>What centres have said of texts that were not found: the answer that has the text's id may still come.</summary>
public sealed class TextReceiptTable
{
    private const string Columns = "id, carrier_id, centre_id, outcome, reference, error, sender, recipient, received_at";
    internal const string Insert = $"""
        insert into rw_text_receipt ({Columns}) values (@Id, @Carrier, @CentreId, @outcome, @Reference, @Error, @From, @To, @ReceivedAt)
        """;
    internal const string SelectAll = $"select {Columns} from rw_text_receipt where carrier_id = @carrier order by received_at, id";
    internal const string Delete = "delete from rw_text_receipt where id = @id";

    private readonly Sql _sql;

    internal TextReceiptTable(Sql sql) => _sql = sql;

    public async ValueTask KeepAsync(KeptReceipt receipt, CancellationToken stop) => await _sql.WriteAsync(db => db.Execute(Insert, new
    {
        receipt.Id, receipt.Carrier, receipt.CentreId, outcome = Names<SmppOutcome>.Of(receipt.Outcome), receipt.Reference,
        receipt.Error, receipt.From, receipt.To, receipt.ReceivedAt,
    }), stop).ConfigureAwait(false);

    /// <summary>Oldest first.</summary>
    public ValueTask<IReadOnlyList<KeptReceipt>> ListAsync(Guid carrier, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<KeptReceipt>>(
            db => [.. db.Query<Row>(SelectAll, new { carrier }).Select(row => row.ToReceipt())], stop);

    public async ValueTask RemoveAsync(Guid id, CancellationToken stop) =>
        await _sql.WriteAsync(db => db.Execute(Delete, new { id }), stop).ConfigureAwait(false);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public Guid CarrierId { get; init; }
        public string CentreId { get; init; } = "";
        public string Outcome { get; init; } = "";
        public int? Reference { get; init; }
        public string? Error { get; init; }
        public string Sender { get; init; } = "";
        public string Recipient { get; init; } = "";
        public DateTimeOffset ReceivedAt { get; init; }

        public KeptReceipt ToReceipt() =>
            new(Id, CarrierId, CentreId, Names<SmppOutcome>.Parse(Outcome), Reference, Error, Sender, Recipient, ReceivedAt);
    }
}
