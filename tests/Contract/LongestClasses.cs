using Ringwright.Contract;
using Ringwright.Contract.Conformance;
using Ringwright.Testing;

[assembly: TestCollectionOrderer(typeof(LongestClasses))]
[assembly: AssemblyFixture(typeof(InOrder))]

namespace Ringwright.Contract;

/// <summary>The two nodes first: each has half a minute to do, and all others together have less.</summary>
public sealed class LongestClasses() : LongestFirst(typeof(ConformanceCollection), typeof(HostileCollection));
