using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Legs;

namespace Ringwright.Net;

/// <summary>What a dial needs of the node around it: the running engine, or the simulator.</summary>
internal interface IDialEdge
{
    Instant Now { get; }
    int Shards { get; }

    /// <summary>For what must not be guessed.</summary>
    ulong Random();

    /// <summary>The shard has messages enough: it takes no new work.</summary>
    bool IsBusy(int shard);

    /// <summary>The leg's first row is written: its shard has it from now on.</summary>
    void HandOver(int shard, LegMessage.Dial leg);

    /// <summary>Whether the process stood still a moment ago.</summary>
    bool IsAfterStall { get; }

    /// <summary>A dial is not placed because whoever asked for it has gone.</summary>
    void Withdrew(DialRequest request);
}
