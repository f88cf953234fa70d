using System.Data;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Tables;

/// <summary>What faces tell of a change is written with it.</summary>
internal sealed class CampaignDesk(OutboxTable outbox, DocumentTable documents)
{
    private ICampaignTeller? _teller;

    /// <summary>False while nobody wants to tell anything: then nothing need be read for it.</summary>
    public bool IsOpen => Volatile.Read(ref _teller) is not null;

    public void Open(ICampaignTeller teller) => Volatile.Write(ref _teller, teller);

    /// <param name="added">Whole when the transaction is committed.</param>
    public void Write(IDbConnection db, CampaignNews news, List<OutboxEntry> added)
    {
        if (Volatile.Read(ref _teller) is not { } teller) return;
        foreach (var message in teller.Tell(news, new Reader(db, documents))) outbox.Write(db, message, added);
    }

    /// <inheritdoc cref="OutboxTable.WriteAll"/>
    public List<OutboxEntry> WriteAll(IDbConnection db, IReadOnlyList<OutboxMessage> messages) => outbox.WriteAll(db, messages);

    /// <summary>On the writer's thread, behind the commit.</summary>
    public void Added(IReadOnlyList<OutboxEntry> added)
    {
        if (added.Count > 0) outbox.Added(added);
    }

    private sealed class Reader(IDbConnection db, DocumentTable documents) : IDocumentReader
    {
        public ResourceRow? Find(DocumentKind kind, TenantId tenant, string id) => documents.Find(db, kind, tenant, id);
    }
}
