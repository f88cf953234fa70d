using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Delivery.Mails;
using Ringwright.Http;
using Ringwright.Programs;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Resources;
using Ringwright.Store.Snapshots;

namespace Ringwright.Server.Modules;

/// <summary>
/// One area of the product, and what it brings that is known without a node. What it brings to a node that starts is in
/// <see cref="JoinedModule"/>.
/// Whoever brings nothing of a kind leaves that member as it is. All modules are listed in <see cref="NodeModules"/>.
/// </summary>
internal abstract class Module
{
    /// <summary>For people: logs, and what failed to stop.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// The documents that it keeps beside records. Every database is opened with those of all modules: a document that is left out is left
    /// behind.
    /// </summary>
    public virtual IReadOnlyList<DialectFaces> Faces => [];

    /// <summary>
    /// What it keeps in tables of its own. Every database is opened with those of all modules; one that was opened with an area is refused
    /// without it.
    /// </summary>
    public virtual IReadOnlyList<StoreArea> Areas => [];

    /// <summary>The hosts of SIP URIs by which its customers' programs name their own users where they came from.</summary>
    public virtual IReadOnlyList<string> SipHosts => [];

    public virtual IReadOnlyList<IWebhookFormat> WebhookFormats => [];

    public virtual IReadOnlyList<IMailFormat> MailFormats(Database database) => [];

    /// <summary>Its plain resources with tables of their own, as snapshots have them: each refers only to those before it.</summary>
    public virtual IReadOnlyList<SnapshotKind> SnapshotKinds(Database database) => [];

    /// <summary>The documents that command calls in its language; null without any.</summary>
    public virtual ScriptLanguage? Documents => null;

    /// <summary>Its API of campaigns; null without one.</summary>
    public virtual CampaignApi? Campaigns => null;

    /// <summary>Its API of calls that documents of another module command; null without one.</summary>
    public virtual CallApi? Calls => null;

    /// <summary>
    /// What is wrong with a resource of this kind that is stored as a document; null when nothing is, or when the kind is not the module's.
    /// </summary>
    public virtual string? DocumentFault(string kind, JsonObject document) => null;

    /// <summary>How much of its customers' contract is in; null without one.</summary>
    public virtual Coverage? Coverage() => null;

    /// <summary>
    /// What an account that has just been made signs in with in the module's API, by the names under which it is shown, once; null for
    /// nothing.
    /// </summary>
    public virtual ValueTask<JsonObject?> CredentialsAsync(Database database, Tenant tenant, CancellationToken stop) =>
        new((JsonObject?)null);

    /// <summary>
    /// Makes somebody who looks after all accounts in the module's API: what he signs in with, shown once; null where nobody does, or
    /// where the address is somebody's.
    /// </summary>
    public virtual ValueTask<JsonObject?> AdministratorAsync(Database database, string email, CancellationToken stop) =>
        new((JsonObject?)null);

    /// <summary>The call that an account's customer names so; null when the text is no name of the module's.</summary>
    public virtual LegId? FindCall(Database database, TenantId tenant, string text) => null;

    /// <summary>
    /// Called when a node begins to start, on a thread of its own: what takes its time and needs no node is made here, beside the opening
    /// of the database.
    /// </summary>
    public virtual void Prepare() { }

    /// <summary>Called once a node has its database and its first account, before anything is told and before a call can come.</summary>
    public virtual ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(JoinedModule.None);
}
