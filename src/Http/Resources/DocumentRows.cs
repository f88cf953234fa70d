using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Http;

/// <summary>From a kind to its rows in the table of documents.</summary>
public static class DocumentRows
{
    /// <summary>The rows of a kind that has no table of its own.</summary>
    public static IResourceRows Rows(this DocumentTable documents, ResourceKind kind) =>
        documents.Rows(new DocumentKind(kind.RecordType)
        {
            Unique = kind.Unique, Secrets = kind.Secrets, Indexed = kind.Indexed,
            DeletedField = kind.Deletes is DeleteStyle.Keep ? ResourceKind.DeletedField : null,
        });
}
