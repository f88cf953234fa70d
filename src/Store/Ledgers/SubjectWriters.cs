using System.Collections.Frozen;
using Ringwright.Calls;

namespace Ringwright.Store.Ledgers;

/// <summary>The kinds of subjects that the ledger takes events of.</summary>
internal sealed class SubjectWriters(params IEnumerable<SubjectWriter> writers)
{
    public static readonly SubjectWriters Default = new(new LegWriter(), new ConferenceWriter(), new QueueWriter());

    private readonly FrozenDictionary<SubjectKind, SubjectWriter> _byKind = writers.ToFrozenDictionary(writer => writer.Kind);

    public IEnumerable<SubjectWriter> All => _byKind.Values;

    /// <exception cref="KeyNotFoundException">A kind without a writer: a bug.</exception>
    public SubjectWriter this[SubjectKind kind] => _byKind[kind];
}
