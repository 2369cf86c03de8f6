using System.Collections;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>A collection of services that counts how many of its descriptors are looked at.</summary>
internal sealed class CountingServices : IServiceCollection
{
    private readonly ServiceCollection _services = [];

    /// <summary>How many descriptors were looked at, one by one or in a search.</summary>
    public long Looks { get; private set; }

    public int Count => _services.Count;

    public bool IsReadOnly => false;

    public ServiceDescriptor this[int index]
    {
        get
        {
            Looks++;
            return _services[index];
        }
        set => _services[index] = value;
    }

    public int IndexOf(ServiceDescriptor item)
    {
        Looks += Count;
        return _services.IndexOf(item);
    }

    public bool Contains(ServiceDescriptor item)
    {
        Looks += Count;
        return _services.Contains(item);
    }

    public void CopyTo(ServiceDescriptor[] array, int arrayIndex)
    {
        Looks += Count;
        _services.CopyTo(array, arrayIndex);
    }

    public bool Remove(ServiceDescriptor item)
    {
        Looks += Count;
        return _services.Remove(item);
    }

    public IEnumerator<ServiceDescriptor> GetEnumerator()
    {
        foreach (var service in _services)
        {
            Looks++;
            yield return service;
        }
    }

    public void Insert(int index, ServiceDescriptor item) => _services.Insert(index, item);

    public void RemoveAt(int index) => _services.RemoveAt(index);

    public void Add(ServiceDescriptor item) => ((ICollection<ServiceDescriptor>)_services).Add(item);

    public void Clear() => _services.Clear();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
